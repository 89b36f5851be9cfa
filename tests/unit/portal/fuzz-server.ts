import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claim } from "../../../portal/server/claims";
import { answerOn } from "../../../portal/server/serve";
import { testServices } from "./services-support";
import { sshNode } from "./ssh-node";

/**
 * A portal in a process of its own, so that what ends it is seen to end. All of it but TLS, which would take most of the time. Tells its
 * port and the cookies of a student and the instructor by a message.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "portal-fuzz-"));
  const services = testServices(directory);
  const { roster } = services;
  const echo = await sshNode((channel) => channel.on("data", (keys: Buffer) => channel.write(keys)));
  const unreachable = services.nodes;
  const node = async (seat: string) => (seat === "seat01" ? echo.node : unreachable.node(seat));
  const page = { files: new Map(), script: "page.js", styles: "page.css" };
  const server = createServer();
  answerOn(server, { ...services, nodes: { node } }, page);
  const cookieOf = (code: string | undefined) => {
    const claimed = claim(roster.read(), code ?? "", undefined, new Date());
    if (claimed.kind !== "claimed") {
      throw new Error(claimed.kind);
    }
    roster.update(() => claimed.roster);
    return `${services.cookie}=${claimed.token}`;
  };
  const cookies = [cookieOf(roster.read().seats["seat01"]?.code), cookieOf(roster.read().instructor?.code)];
  server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port, cookies }));
  process.on("disconnect", () => {
    rmSync(directory, { recursive: true });
    process.exit();
  });
}

void main();
