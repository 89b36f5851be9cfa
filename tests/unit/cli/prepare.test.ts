import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { ensureFolder } from "../../../adapters/files/artefacts/folder";
import { neededPlugins } from "../../../adapters/pulumi/open-stack";
import type { Finding } from "../../../cli/workflows/doctor/render";
import { type PrepareQueries, prepareLab as prepareLabWith } from "../../../cli/workflows/prepare/index";
import type { LocalDemand } from "../../../components/machines/local/preflight";
import { DEFAULTS } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import type { CommandContext } from "../../../core/command-context";
import { engineDouble } from "../adapters/docker/engine-double";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

/** What an examination finds; what it looks at is in the tests of `lab doctor`. */
const examined = { findings: [] as readonly Finding[] };

/** A port that another program has. Whether ports are looked at is in the tests of `findLocalProblems`. */
const TAKEN = 40_022;

/** Answers in place of AWS and of this machine's ports. */
const QUERIES: PrepareQueries = {
  isPortFree: async (port) => port !== TAKEN,
  saveBakeAtAws: async () => undefined,
  examine: async () => [...examined.findings],
};

/** `prepareLab` with those answers. */
function prepareLab(context: CommandContext, changes: ConfigChanges, room: LocalDemand["capacityCheck"] = "required") {
  return prepareLabWith(context, changes, room, QUERIES);
}

const PLUGINS = neededPlugins(resolve("."), "aws");
const INFO = {
  ServerVersion: "27.0.1",
  CgroupVersion: "2",
  OSType: "linux",
  Architecture: "x86_64",
  DockerRootDir: "/no/such/folder",
  KernelVersion: "6.1.0",
  MemTotal: 1,
  NCPU: 1,
};

interface Room {
  readonly context: CommandContext;
  readonly dockerHost: string;
  /** The pulumi commands that were run, without those that look for an engine. */
  pulumiCalls(): string[];
  /** Text of the stack's file. */
  settings(): string;
}

/** A clone with settings, an Engine that answers, and a pulumi that does as it is told. */
async function roomWith(
  settings: string | undefined,
  stackInit: string,
  orphans: readonly object[] = [],
): Promise<Room> {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: lab-nodes\nbackend:\n  url: file://./.lab/state?metadata=skip\n");
  if (settings !== undefined) {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), settings);
    mkdirSync(join(folder, STATE), { recursive: true });
    writeFileSync(join(folder, STATE, "dev.json"), "{}");
  }
  const listing = JSON.stringify(PLUGINS.map((plugin) => ({ ...plugin, kind: "resource" })));
  const pulumi = `#!/bin/bash
case "$1" in
  version) echo v3.259.0 ;;
  plugin) echo '${listing}' ;;
  *) echo "$*" >> '${join(folder, "pulumi.calls")}'; ${stackInit} ;;
esac`;
  writeFileSync(join(bin, "pulumi"), pulumi, { mode: 0o755 });
  writeFileSync(join(bin, "pulumi-language-nodejs"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(folder, "pulumi.calls"), "");
  const { host } = await engineDouble({
    "/info": INFO,
    "/containers/json": orphans,
    "/volumes": { Volumes: null },
    "/networks": [],
    "/networks/bridge": { IPAM: { Config: [{ Subnet: "172.17.0.0/29" }] }, Containers: { c0ffee: {}, c0c0a: {} } },
  });
  const environment = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: folder,
    XDG_CACHE_HOME: folder,
    LAB_ENGINE: "official",
    DOCKER_HOST: host,
  };
  return {
    context: contextFor(runtimeIn(folder, environment), "dev", recordedReporter().reporter),
    dockerHost: host,
    pulumiCalls: () => readFileSync(join(folder, "pulumi.calls"), "utf8").split("\n").slice(0, -1),
    settings: () => readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8"),
  };
}

const STATE = ".lab/state/.pulumi/stacks/lab-nodes";
const MAKE = `echo 'encryptionsalt: v1' >> Pulumi.dev.yaml; mkdir -p ${STATE}; echo '{}' > ${STATE}/dev.json`;
const OTHER_BACKEND_HAS_IT = "echo \"error: stack 'organization/lab-nodes/dev' already exists\" >&2; exit 255";
// Decided artefacts: no look at the internet.
const DECIDED =
  "encryptionsalt: v1\nconfig:\n  lab-nodes:images:\n    base: lesson\n  lab-nodes:trivy:\n    database: registry\n";

describe("prepareLab", () => {
  test("keeps what was given and found in the stack's file, and gives the Engine that it asked to the program", async () => {
    const room = await roomWith(DECIDED, "exit 1");
    const changes = new Map<string, string | number>([["seats", 2]]);
    const lab = await prepareLab(room.context, changes);
    expect(room.pulumiCalls()).toEqual([]);
    expect(room.settings()).toBe(`${DECIDED}  lab-nodes:seats: 2\n  lab-nodes:engine: official\n`);
    expect(lab.settings).toEqual({ ...DEFAULTS, seats: 2, engine: "official" });
    expect(lab.docker).toMatchObject({ host: room.dockerHost, cgroupVersion: 2 });
    expect(lab.stack.environment["DOCKER_HOST"]).toBe(room.dockerHost);
  });

  test("asks the Engine that the setting names, and has the program ask the same one", async () => {
    const named = await engineDouble({ "/info": INFO, "/containers/json": [] });
    const text = `${DECIDED}  lab-nodes:docker:\n    host: ${named.host}\n`;
    const room = await roomWith(text, "exit 1");
    const lab = await prepareLab(room.context, new Map());
    expect([lab.docker?.host, lab.stack.environment["DOCKER_HOST"]]).toEqual([named.host, named.host]);
  });

  test("leaves the file as it is when nothing is new in it", async () => {
    const text =
      "# mine\nconfig: {lab-nodes:engine: official, lab-nodes:images: {base: lesson}, lab-nodes:trivy: {database: registry}, lab-nodes:seats: 2}\n";
    const room = await roomWith(text, "exit 1");
    await prepareLab(room.context, new Map([["seats", 2]]));
    expect(room.settings()).toBe(text);
  });

  test("takes no folder that was made for local nodes to AWS", async () => {
    const aws = "  lab-nodes:aws:\n    allowedCidrs: 203.0.113.0/24\n    ami: ami-12345678\n";
    const room = await roomWith("encryptionsalt: v1\n", "exit 1");
    const own = join(dirname(await ensureFolder([], room.context.runtime.environment)), "of-this-lab");
    const file = join(room.context.runtime.programDirectory, "Pulumi.dev.yaml");
    const settings = (folder: string) =>
      `encryptionsalt: v1\nconfig:\n  lab-nodes:target: aws\n${aws}  lab-nodes:artefacts:\n    directory: ${folder}\n`;
    writeFileSync(file, settings(own));
    await expect(prepareLab(room.context, new Map())).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(own),
      hint: expect.stringContaining("--stack NAME"),
    });
    writeFileSync(file, settings("/srv/class"));
    await expect(prepareLab(room.context, new Map())).resolves.toMatchObject({ docker: undefined });
  });

  test("asks no Docker Engine for a class at AWS, and looks for no image of its own", async () => {
    const text =
      "encryptionsalt: v1\nconfig:\n  lab-nodes:target: aws\n  lab-nodes:aws:\n    allowedCidrs: 203.0.113.0/24\n";
    const room = await roomWith(text, "exit 1");
    const environment = { ...room.context.runtime.environment, DOCKER_HOST: "unix:///no/such/socket" };
    const context = { ...room.context, runtime: { ...room.context.runtime, environment } };
    const lab = await prepareLab(context, new Map());
    expect(lab.docker).toBeUndefined();
    expect(lab.settings).toMatchObject({ target: "aws", aws: { allowedCidrs: ["203.0.113.0/24"] } });
    expect(room.settings()).toBe(`${text}  lab-nodes:engine: official\n`);
  });

  test("refuses a class at AWS that would not come up, before it looks for an engine or keeps anything", async () => {
    examined.findings = [{ subject: "vCPU quota", verdict: "bad", text: "too small", advice: "fewer seats" }];
    onTestFinished(() => {
      examined.findings = [];
    });
    const text = "config:\n  lab-nodes:target: aws\n  lab-nodes:aws:\n    allowedCidrs: 203.0.113.0/24\n";
    const room = await roomWith(text, MAKE);
    await expect(prepareLab(room.context, new Map([["seats", 99]]))).rejects.toMatchObject({
      exitCode: 2,
      message: "The config of this lab has 1 problem:\n  - vCPU quota: too small: fewer seats",
    });
    expect([room.settings(), room.pulumiCalls()]).toEqual([text, []]);
  });

  test("refuses a class at AWS whose networks are not set, at the first command", async () => {
    const room = await roomWith(DECIDED, "exit 1");
    await expect(prepareLab(room.context, new Map([["target", "aws"]]))).rejects.toThrow(
      "aws.allowedCidrs: must be set for the target aws",
    );
    expect(room.settings()).toBe(DECIDED);
  });

  test.each([["seats: 0"], ["seats: 201"], ["colour: red"]])("refuses %j before it asks anything", async (setting) => {
    const text = `config:\n  lab-nodes:${setting}\n`;
    const room = await roomWith(text, "exit 1");
    const context = { ...room.context, runtime: { ...room.context.runtime, environment: {} } };
    await expect(prepareLab(context, new Map())).rejects.toMatchObject({ exitCode: 2 });
    expect([room.settings(), room.pulumiCalls()]).toEqual([text, []]);
  });

  test("refuses a class without room before it makes or keeps anything", async () => {
    const room = await roomWith(DECIDED, "exit 1");
    await expect(prepareLab(room.context, new Map([["local.sshPort", TAKEN]]))).rejects.toMatchObject({
      message: expect.stringContaining(`port ${TAKEN} on 127.0.0.1 is in use by another program`),
      hint: "Other ports: ./lab up --ssh-port PORT. Fewer seats: ./lab up --seats N.",
      exitCode: 2,
    });
    expect([room.settings(), room.pulumiCalls()]).toEqual([DECIDED, []]);
  });

  test("refuses the stack of the other engine before it keeps anything", async () => {
    const text = `${DECIDED}  lab-nodes:engine: air-gapped\n`;
    const room = await roomWith(text, "exit 1");
    await expect(prepareLab(room.context, new Map([["seats", 2]]))).rejects.toThrow("made with the air-gapped engine");
    expect(room.settings()).toBe(text);
  });
});

describe("a stack that is not made yet", () => {
  beforeEach(() => {
    // Docker Hub's answer to a stranger, and that of a release: nothing has to be made for an air-gapped place.
    vi.stubGlobal("fetch", async (url: string) => new Response(null, { status: url.includes("trivy") ? 206 : 401 }));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("is made once, without becoming the one that plain pulumi takes", async () => {
    const room = await roomWith(undefined, MAKE);
    await prepareLab(room.context, new Map());
    expect(room.pulumiCalls()).toEqual(["stack init dev --no-select --non-interactive"]);
    expect(room.settings()).toBe(`${DECIDED}  lab-nodes:engine: official\n`);
    await prepareLab(room.context, new Map());
    expect(room.pulumiCalls()).toHaveLength(1);
  });

  test("is not made where there is no room for it", async () => {
    const room = await roomWith(undefined, MAKE);
    const changes = new Map([["local.sshPort", TAKEN]]);
    await expect(prepareLab(room.context, changes)).rejects.toThrow("in use by another program");
    expect(room.pulumiCalls()).toEqual([]);
  });

  test("is not made where the machine is too small for it, unless that is wanted", async () => {
    const room = await roomWith(undefined, MAKE);
    const seats = new Map([["seats", 5]]);
    await expect(prepareLab(room.context, seats)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /no capacity for 5: 5 new nodes need 5 addresses, 3 addresses are free; 3 would fit/,
      ),
    });
    expect(room.pulumiCalls()).toEqual([]);
    expect((await prepareLab(room.context, seats, "skipped")).settings.seats).toBe(5);
    const port = new Map([["local.sshPort", TAKEN]]);
    await expect(prepareLab(room.context, port, "skipped")).rejects.toThrow("in use by another program");
  });

  test("may be in the backend already, made by another clone", async () => {
    const room = await roomWith(undefined, OTHER_BACKEND_HAS_IT);
    await prepareLab(room.context, new Map([["seats", 2]]));
    expect(room.settings()).toContain("lab-nodes:seats: 2\n");
  });

  test("is made again, with its settings and a salt of its own, after .lab was deleted", async () => {
    const room = await roomWith(DECIDED, MAKE);
    rmSync(join(room.context.runtime.labDirectory), { recursive: true });
    await prepareLab(room.context, new Map());
    expect(room.pulumiCalls()).toEqual(["stack init dev --no-select --non-interactive"]);
    expect(room.settings().match(/encryptionsalt/g)).toHaveLength(1);
    expect(room.settings()).toContain("base: lesson");
  });

  test("is not made over the machines of one whose state is gone", async () => {
    const orphan = { Id: "c0ffee", Names: ["/lab-dev-node1"], Labels: { "lab-nodes.stack": "dev" }, Ports: [] };
    const room = await roomWith(undefined, MAKE, [orphan]);
    await expect(prepareLab(room.context, new Map())).rejects.toMatchObject({
      message: expect.stringContaining("the container lab-dev-node1"),
      hint: expect.stringContaining("./lab repair"),
    });
    expect(room.pulumiCalls()).toEqual([]);
  });

  test("is explained when it cannot be made", async () => {
    const room = await roomWith(undefined, "echo 'error: incorrect passphrase' >&2; exit 255");
    await expect(prepareLab(room.context, new Map())).rejects.toThrow("The passphrase does not fit");
  });
});
