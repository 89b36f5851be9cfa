import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { neededPlugins } from "../../../adapters/pulumi/open-stack";
import { spare } from "../../../cli/workflows/spare";
import { READINESS } from "../../support/readiness";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";

const IMAGES = ["figlet", "hello-v0.1", "hello-v0.2"];

/** A port of 127.0.0.1 on which somebody greets as an SSH server does. */
async function sshPort(): Promise<number> {
  const server = createServer((socket) => socket.end("SSH-2.0-test\r\n"));
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function nodeAt(place: string, port: number) {
  const resource = (type: string, name: string, values: object) => ({
    urn: `urn:x::${type}::${name}`,
    type,
    ...values,
  });
  return [
    resource("lab-nodes:index:LabNode", `${place}-node1`, {
      outputs: { ssh: { host: "127.0.0.1", port, user: "root" } },
    }),
    resource("command:remote:Command", `${place}-node1-ready`, { outputs: { stdout: JSON.stringify(READINESS) } }),
    ...IMAGES.map((image) => resource("docker:index/image:Image", `${place}-node1-${image}`, { inputs: {} })),
  ];
}

/** A class with settings, whose state has nodes at these ports; pulumi can do no more than show that state. */
function roomWith(settings: string, ports: Readonly<Record<string, number>>) {
  const folder = temporaryFolder();
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: lab-nodes\nbackend:\n  url: file://./.lab/state?metadata=skip\n");
  writeFileSync(join(folder, "Pulumi.dev.yaml"), `config:\n${settings}`);
  const resources = Object.entries(ports).flatMap(([place, port]) => nodeAt(place, port));
  writeFileSync(join(folder, "state.json"), JSON.stringify({ deployment: { resources } }));
  const plugins = JSON.stringify(
    neededPlugins(resolve("."), "local").map((plugin) => ({ ...plugin, kind: "resource" })),
  );
  const pulumi = `#!/bin/bash
case "$1 $2" in
  version*) echo v3.259.0 ;;
  plugin*) echo '${plugins}' ;;
  "stack export") cat state.json ;;
  *) exit 1 ;;
esac`;
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/pulumi"), pulumi, { mode: 0o755 });
  writeFileSync(join(folder, "bin/pulumi-language-nodejs"), "#!/bin/sh\n", { mode: 0o755 });
  const environment = {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    HOME: folder,
    XDG_CACHE_HOME: folder,
    LAB_ENGINE: "official",
  };
  const runtime = runtimeIn(folder, environment);
  return {
    move: (seat: string) => spare(contextFor(runtime, "dev", recordedReporter().reporter), seat),
    said: () => textOf(runtime.stdout),
    settings: () => readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8"),
  };
}

const CLASS = "  lab-nodes:seats: 2\n  lab-nodes:spares: 2\n";

test("a seat goes to the first spare that answers, and on from there; only the config changes", async () => {
  const silent = await freePort();
  const room = roomWith(CLASS, { seat01: silent, seat02: silent, spare01: silent, spare02: await sshPort() });
  await room.move("seat02");
  expect(room.settings()).toBe(`config:\n${CLASS}  lab-nodes:moved:\n    seat02: spare02\n`);
  expect(room.said()).toMatch(/^seat02 is on spare02-node1 now: root@127\.0\.0\.1:\d+\./);
  expect(room.said()).toContain("./lab ssh seat02-node1");
  await expect(room.move("1")).rejects.toMatchObject({
    exitCode: 1,
    message: "There is no spare for seat01 that is ready and answers (spare01).",
  });
});

test("a seat that has moved once moves on", async () => {
  const port = await sshPort();
  const moved = "  lab-nodes:moved:\n    seat02: spare01\n";
  const room = roomWith(`${CLASS}${moved}`, { seat01: port, spare01: port, spare02: port });
  await room.move("seat02");
  expect(room.settings()).toBe(`config:\n${CLASS}${moved}    spare01: spare02\n`);
  await expect(room.move("seat02")).rejects.toMatchObject({
    exitCode: 1,
    message: "There is no spare left for seat02.",
    hint: expect.stringContaining("./lab up --spares 3"),
  });
});

test.each([
  ["seat09", 'There is no seat "seat09".'],
  ["spare01", "spare01 is not a student's seat."],
])("%s is refused, with the seats that there are", async (name, message) => {
  const port = await sshPort();
  const room = roomWith(CLASS, { seat01: port, seat02: port, spare01: port });
  await expect(room.move(name)).rejects.toMatchObject({ exitCode: 2, message, hint: "This lab has: seat01, seat02." });
  expect(room.settings()).toBe(`config:\n${CLASS}`);
});
