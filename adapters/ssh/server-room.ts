import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serverOf } from "../../config/hosts";
import { NODE_SHARE, type Resource, type Room, type Supply } from "../../core/capacity";
import type { DockerEngine } from "../docker/engine";
import { readRoom } from "../docker/room";
import { onServer } from "./server";

const SCRIPT = join(__dirname, "files/server-room.sh");

const PATIENCE_MILLISECONDS = 20_000;

const RESOURCE_OF: Readonly<Record<string, Resource>> = {
  memory: "memory",
  disk: "disk",
  "open-files": "open files",
  processes: "processes",
  "inotify-instances": "inotify instances",
  "inotify-watches": "inotify watches",
};

/** What a Docker host has room for: of a server, too, as its own kernel says it over SSH. `nodes` is how many of any lab it has. */
export async function readHostRoom(engine: DockerEngine, nodes: number): Promise<Room> {
  const room = await readRoom(engine, nodes);
  if (serverOf(engine.host) === undefined) {
    return room;
  }
  const text = await askServer(engine.host).catch(() => "");
  return { ...room, ...parseServerRoom(text, engine.kernelVersion, nodes) };
}

/** What the script on a server printed; nothing where the Engine that was asked runs on another kernel than the script. */
export function parseServerRoom(text: string, kernelVersion: string, nodes: number): Partial<Room> {
  const lines = text.split("\n").map((line) => line.split(" "));
  if (lines[0]?.[0] !== "kernel" || lines[0][1] !== kernelVersion) {
    return {};
  }
  return Object.fromEntries(
    lines.flatMap(([name = "", limit, used]) => {
      const resource = RESOURCE_OF[name];
      return resource === undefined ? [] : [[resource, supplyOf(resource, Number(limit), Number(used), nodes)]];
    }),
  );
}

/** Of inotify only what the nodes take at least is known. */
function supplyOf(resource: Resource, limit: number, used: number, nodes: number): Supply {
  const isUnseen = resource === "inotify instances" || resource === "inotify watches";
  return { limit, used: isUnseen ? nodes * NODE_SHARE[resource] : used };
}

function askServer(host: string): Promise<string> {
  const { words, cwd } = onServer(host, ["sh", "-s"]);
  return new Promise((resolve, reject) => {
    const child = execFile("ssh", words, { cwd, timeout: PATIENCE_MILLISECONDS }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.on("error", () => {}).end(readFileSync(`${cwd}/${SCRIPT}`, "utf8"));
  });
}
