import { execFileSync } from "node:child_process";
import dns from "node:dns";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPortFree } from "../../adapters/docker/engine";
import { freePort } from "../../adapters/files/own-machine";
import { takeViolations } from "../support/hermetic/sockets";

/** Does this with the guard, which would fail the test; what it refused. */
async function refusedIn(work: () => unknown): Promise<string[]> {
  await Promise.resolve(work()).catch(() => undefined);
  return takeViolations();
}

describe("a unit test is refused", () => {
  test.each<[string, () => unknown, string]>([
    ["a port of this machine", () => once(connect(22, "127.0.0.1"), "connect"), "it connects to port 22 of 127.0.0.1"],
    ["another machine", () => once(connect({ host: "192.0.2.1", port: 443 }), "connect"), "port 443 of 192.0.2.1"],
    ["a name", () => once(get("http://registry.example/"), "response"), "port 80 of registry.example"],
    ["a fetch", () => fetch("https://192.0.2.1/"), "port 443 of 192.0.2.1"],
    ["the Docker Engine", () => new Docker({ socketPath: "/var/run/docker.sock" }).ping(), "/var/run/docker.sock"],
    ["an SSH agent", () => once(connect("/tmp/ssh-X/agent.1"), "connect"), "/tmp/ssh-X/agent.1"],
    ["whether a port of this machine is free", () => isPortFree(2201), "it listens on port 2201 of 127.0.0.1"],
    ["a look-up", () => dns.promises.lookup("registry.example"), "it looks up registry.example"],
    [
      "a look-up with a callback",
      () => new Promise((done) => dns.lookup("registry.example", {}, done)),
      "it looks up registry.example",
    ],
  ])("%s", async (_, work, refused) => {
    expect(await refusedIn(work)).toContainEqual(expect.stringContaining(refused));
  });
});

test("a unit test may connect to its own servers, and to a port that nobody has any more", async () => {
  const server = createServer((socket) => socket.end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const own = createServer((socket) => socket.end());
  onTestFinished(() => void own.close());
  const path = join(tmpdir(), "own.sock");
  await once(own.listen(path), "listening");
  expect(
    await refusedIn(async () => {
      await Promise.all([connect(port, "localhost"), connect(path)].map((socket) => once(socket, "connect")));
      const free = await freePort();
      expect([await isPortFree(port), await isPortFree(free)]).toEqual([false, true]);
      await once(connect(free, "127.0.0.1"), "error");
    }),
  ).toEqual([]);
});

test("a unit test and its children see an empty home folder and no setting of this machine", () => {
  expect(homedir()).toBe(process.env["HOME"]);
  expect(readdirSync(homedir())).toEqual([]);
  const names = execFileSync("env", { encoding: "utf8" })
    .split("\n")
    .map((line) => line.replace(/=.*/, ""));
  expect(names.filter((name) => /^(?:PULUMI|DOCKER|AWS|LAB|XDG|SSH|npm)_|proxy$/i.test(name))).toEqual([]);
  expect(new Date(0).getTimezoneOffset()).toBe(0);
});

test("no unit test replaces a module: files of this project share their modules", () => {
  const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const replacing = files.filter((file) => /\bvi\.(?:do)?mock\(/i.test(readFileSync(join(__dirname, file), "utf8")));
  expect(replacing).toEqual([]);
});
