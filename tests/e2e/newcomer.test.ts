import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandResult } from "../support/lab-clone";
import { freePortBlock } from "../support/lab-clone";
import { type FreshClone, freshClone, runCommand } from "./fresh-clone";
import { dockerResources, lastingProcessesOf, removeThingsOf } from "./leftovers";

const ESCAPE = "\u001b";

const FIGLET = [
  " _          _ _             _            _             ",
  "| |__   ___| | | ___     __| | ___   ___| | _____ _ __ ",
  "| '_ \\ / _ \\ | |/ _ \\   / _` |/ _ \\ / __| |/ / _ \\ '__|",
  "| | | |  __/ | | (_) | | (_| | (_) | (__|   <  __/ |   ",
  "|_| |_|\\___|_|_|\\___/   \\__,_|\\___/ \\___|_|\\_\\___|_|   ",
].join("\n");

/** A seat as `--json` tells of it. */
const SEAT = {
  seat: "seat01",
  role: "seat",
  node: "node1",
  state: "ready",
  ssh: { host: "127.0.0.1", port: expect.any(Number), user: "root" },
  images: expect.toSatisfy((names: string[]) => [...names].sort().join() === "figlet:latest,hello:v0.1,hello:v0.2"),
  ready: {
    hostname: "node1",
    os: expect.stringMatching(/./),
    distribution: expect.stringMatching(/^\w+ \d/),
    architecture: expect.stringMatching(/^(amd|arm)64$/),
    docker: { server: expect.stringMatching(/^\d+\./), client: expect.stringMatching(/^\d+\./) },
    trivy: {
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      database: expect.objectContaining({ version: 2, updatedAt: expect.stringMatching(/^20/) }),
    },
    packages: expect.objectContaining({ "cloud-init": expect.stringMatching(/^\d/) }),
    packagesSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    seconds: { cloudInit: expect.any(Number), docker: expect.any(Number) },
  },
  verdict: {
    kind: "quick",
    outcome: "passed",
    at: expect.stringMatching(/^20.*Z$/),
    ageSeconds: expect.any(Number),
    seconds: expect.any(Number),
    failedSteps: [],
    evidence: expect.stringMatching(/^\.lab\/verdicts\/test-/),
  },
};

let clone: FreshClone;
let port: number;
let firstUp: CommandResult;

/** What a newcomer does, step by step: each test goes on where the one before it ended. */
describe("a newcomer with a fresh clone, nothing installed in it", () => {
  beforeAll(async () => {
    clone = freshClone("none");
    port = await freePortBlock();
    expect(existsSync(join(clone.directory, "node_modules"))).toBe(false);
    firstUp = await clone.lab("up", "--ssh-port", String(port));
  });
  afterAll(async () => {
    await removeThingsOf(clone.stack);
    clone.remove();
  });

  it("up: makes the lab and says how to reach it, in plain lines", () => {
    expect(firstUp.exitCode, firstUp.stderr).toBe(0);
    expect(firstUp.stdout).toMatch(new RegExp(`^ {2}seat01 +ready +root@127\\.0\\.0\\.1:${port} `, "m"));
    expect(firstUp.stdout).toContain(`./lab ssh --stack ${clone.stack}\n`);
    expect(firstUp.stdout).toContain(`./lab down --stack ${clone.stack}\n`);
    expect(firstUp.stderr).toContain("lab: installing npm packages (once");
    expect(firstUp.stderr).toMatch(/^node1 {2}hello:v0\.2 {2}built in /m);
    expect(firstUp.stdout + firstUp.stderr).not.toContain(ESCAPE);
  });

  it("up: installed npm packages of at most 300 MB, without the development tools", async () => {
    const packages = join(clone.directory, "node_modules");
    expect(["vitest", "typescript", "tsx"].filter((name) => existsSync(join(packages, name)))).toEqual([]);
    const { stdout } = await runCommand("du", ["-sm", packages], clone);
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(300);
  });

  it("status: tells the same, for people and as JSON", async () => {
    const text = await clone.lab("status");
    expect(text).toMatchObject({ exitCode: 0, stderr: "" });
    expect(text.stdout).toMatch(new RegExp(`^ {2}seat01 +ready +root@127\\.0\\.0\\.1:${port} `, "m"));
    expect(text.stdout).not.toContain(ESCAPE);
    const json = await clone.lab("status", "--json");
    expect(json).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(json.stdout)).toEqual({
      stack: clone.stack,
      engine: {
        kind: expect.stringMatching(/^(official|air-gapped)$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      },
      seats: [{ ...SEAT, ssh: { ...SEAT.ssh, port }, drift: [], unasked: null }],
      movedPackages: expect.any(Array),
      marked: [],
    });
  });

  it("ssh: the lesson's images run and print what the lesson says", async () => {
    const figlet = await clone.lab("ssh", "docker", "run", "--rm", "figlet");
    expect(figlet).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(FIGLET) });
    const older = await clone.lab("ssh", "docker", "run", "--rm", "hello:v0.1");
    expect(older).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^hello from [0-9a-f]{12}\n$/) });
    const newer = await clone.lab("ssh", "docker", "run", "--rm", "hello:v0.2");
    expect(newer.stdout).toMatch(/^hello from [0-9a-f]{12}\nthis is v0\.2\n$/);
  });

  it("ssh: hello:v0.1 and hello:v0.2 share their base and RUN layers, and nothing else of their files", async () => {
    const layers = await Promise.all(["hello:v0.1", "hello:v0.2"].map(layersOf));
    const [older = [], newer = []] = layers;
    const [base] = await Promise.all([layersOf("figlet")]);
    expect(older[0]).toBe(base[0]);
    expect(older.slice(0, 2)).toEqual(newer.slice(0, 2));
    expect(older[2]).not.toBe(newer[2]);
  });

  it("ssh: gives the command's exit code, exact arguments, input, and a single word as a shell line", async () => {
    expect((await clone.lab("ssh", "sh", "-c", "exit 7")).exitCode).toBe(7);
    expect((await clone.lab("ssh", "exit 7")).exitCode).toBe(7);
    const exact = await clone.lab("ssh", "printf", "<%s>", "a  b", "it's", "$HOME", "*", "");
    expect(exact.stdout).toBe("<a  b><it's><$HOME><*><>");
    expect((await clone.lab("ssh", "hostname | tr a-z A-Z; echo $HOME")).stdout).toBe("NODE1\n/root\n");
    expect((await shell("echo over the wire | ./lab ssh cat")).stdout).toBe("over the wire\n");
    expect((await clone.lab("ssh", "node1", "hostname")).stdout).toBe("node1\n");
    expect((await clone.lab("ssh", "seat02", "hostname")).exitCode).toBe(2);
  });

  it("ssh --user student: Docker without sudo, and sudo", async () => {
    const run = (...words: string[]) => clone.lab("ssh", "--user", "student", ...words);
    expect((await run("id", "--user", "--name")).stdout).toBe("student\n");
    expect((await run("docker", "run", "--rm", "hello:v0.1")).stdout).toMatch(/^hello from /);
    expect((await run("sudo", "--non-interactive", "id", "--user")).stdout).toBe("0\n");
  });

  it("logs: cloud-init's log and the gate's", async () => {
    const { exitCode, stdout, stderr } = await clone.lab("logs");
    expect(stdout).toMatch(/^Cloud-init v\. .* finished at /m);
    expect(stdout, stderr).toMatch(/^\S+ docker run$/m);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("logs: what a node writes there cannot command the operator's terminal", async () => {
    // A title, a cleared screen, and both again by the characters that stand for ESC [ and ESC ].
    const line = "\\033]0;owned\\007\\033[2Jmarked\\302\\2332J\\302\\2350;owned\\302\\234";
    await clone.lab("ssh", `printf '${line}\\tend\\n' >> /var/log/cloud-init-output.log`);
    const { stdout } = await clone.lab("logs");
    expect(stdout).toMatch(/^marked.*\tend$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });

  it("the only private keys on disk are files of mode 0600 in the stack's own folder", () => {
    const keys = filesUnder(join(clone.directory, ".lab")).filter(holdsPrivateKey);
    expect(keys).not.toEqual([]);
    expect(keys.filter((file) => !relative(clone.directory, file).startsWith(`.lab/${clone.stack}/ssh/`))).toEqual([]);
    expect(keys.filter((file) => (statSync(file).mode & 0o777) !== 0o600)).toEqual([]);
  });

  it("env: plain pulumi works on the same stack, and finds nothing to change", async () => {
    const preview = await shell('eval "$(./lab env)" && pulumi preview --non-interactive --expect-no-changes');
    expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
    expect(preview.stdout).toContain(`Previewing update (${clone.stack})`);
    const state = await shell('eval "$(./lab env)" && pulumi stack output --json');
    expect(JSON.parse(state.stdout)).toHaveProperty("seats.0.node", "node1");
  });

  it.each([[[]], [["--refresh"]]])("up again %s: nothing changed", async (options) => {
    const { exitCode, stdout, stderr } = await clone.lab("up", "--json", ...options);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toBe("");
    const { seats, summary } = JSON.parse(stdout) as { seats: unknown; summary: unknown };
    expect(seats).toEqual([{ ...SEAT, cause: null }]);
    expect(summary).toMatchObject({ created: 0, changed: 0, replaced: 0, deleted: 0, outcome: "succeeded" });
  });

  it("works through a link and from another folder", async () => {
    const link = join(clone.directory, ".lab", "linked-lab");
    symlinkSync(join(clone.directory, "lab"), link);
    const { environment } = clone;
    const linked = await runCommand(link, ["ssh", "hostname"], { directory: homedir(), environment });
    expect(linked).toEqual({ exitCode: 0, stdout: "node1\n", stderr: "" });
  });

  it("down: nothing is left", async () => {
    expect(await dockerResources(clone.stack)).not.toEqual([]);
    const { exitCode, stdout, stderr } = await clone.lab("down");
    expect(exitCode, stderr).toBe(0);
    const [proof, kept, ...more] = stdout.split("\n");
    expect(proof).toBe(`The lab "${clone.stack}" is down: no container, volume, network or key of it is left.`);
    expect(kept).toMatch(/^Saved for the next lab: \d+ images? that labs start from, .+; \.\/lab audit lists them\.$/);
    expect(more).toEqual([""]);
    expect(stdout + stderr).not.toContain(ESCAPE);
    expect(await dockerResources(clone.stack)).toEqual([]);
    expect(filesUnder(join(clone.directory, ".lab")).filter(holdsPrivateKey)).toEqual([]);
    expect(existsSync(join(clone.directory, ".lab", clone.stack))).toBe(false);
    expect(await lastingProcessesOf(clone.stack)).toEqual([]);
  });

  it("after it, every command says that the lab is down", async () => {
    expect(await clone.lab("status")).toEqual({
      exitCode: 0,
      stdout: `The lab "${clone.stack}" is down. Run ./lab up --stack ${clone.stack} to create it.\n`,
      stderr: "",
    });
    expect(JSON.parse((await clone.lab("status", "--json")).stdout)).toMatchObject({ seats: [] });
    for (const command of ["ssh", "logs"]) {
      const { exitCode, stderr } = await clone.lab(command);
      expect({ command, exitCode }).toEqual({ command, exitCode: 1 });
      expect(stderr).toContain("down");
      expect(stderr).toContain("./lab up");
    }
    expect((await clone.lab("down")).exitCode).toBe(0);
  });
});

async function layersOf(image: string): Promise<string[]> {
  const { stdout } = await clone.lab("ssh", "docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image);
  return JSON.parse(stdout) as string[];
}

/** Runs a line as a person types it in the clone's folder. */
function shell(line: string): Promise<CommandResult> {
  return runCommand("bash", ["-c", line], clone);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The key that ssh2 has in its source, to find out what Node.js can do: V8 keeps it with the code that it compiled. */
const KEY_IN_SSH2 = "MC4CAQAwBQYDK2VwBCIEIHKj+sVa9WcD/q2DJUJaf43Kptc8xYuUQA4bOFj9vC8T";

/** A whole key, also inside JSON; programs that read keys know the first line alone. */
function holdsPrivateKey(file: string): boolean {
  const text = readFileSync(file, "latin1").replaceAll(KEY_IN_SSH2, "");
  return /BEGIN [A-Z ]*PRIVATE KEY-----(\\n|\s)+[A-Za-z0-9+/]{40}/.test(text);
}
