import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerClient } from "../../adapters/docker/client";
import { verdictSchema } from "../../cli/workflows/verify/verdict";
import { type CommandResult, freePortBlock } from "../support/lab-clone";
import { type FreshClone, freshClone } from "./fresh-clone";
import { DOCKER_HOST, dockerResources, lastingProcessesOf, removeThingsOf } from "./leftovers";

const STEPS = ["1", "2", "3", "4", "5", "6", "7"];

/** What verify would leave on a node that it did not clean up: containers, images, folders. Docker's client makes ~/.docker for anybody. */
const THINGS_ON_NODE =
  "docker container ls --all --quiet; docker image ls --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort; ls -A --ignore=.docker /var/tmp ~";

let clone: FreshClone;
let firstUp: CommandResult;

/** What an instructor does before the class: each test goes on where the one before it ended. */
describe("the lesson on a fresh lab", () => {
  beforeAll(async () => {
    clone = freshClone("shared");
    firstUp = await clone.lab("up", "--ssh-port", String(await freePortBlock()));
  });
  afterAll(async () => {
    await removeThingsOf(clone.stack);
    clone.remove();
  });

  it("up: ends with a quick verdict on the seat that it made", () => {
    expect(firstUp.exitCode, firstUp.stderr).toBe(0);
    expect(firstUp.stderr).toContain("quick verdict on seat01: figlet, hello:v0.1, hello:v0.2, trivy\n");
    expect(firstUp.stderr.match(/^seat01 {2}\S+ {2}passed in .* s$/gm)).toHaveLength(4);
    expect(firstUp.stdout).toMatch(/^ {2}seat01 +ready +root@\S+ +passed \(quick\) just now +Docker /m);
  });

  it("verify: every step passes, the evidence is there, and the node is as it was", async () => {
    const before = await onNode(THINGS_ON_NODE);
    const { exitCode, stdout, stderr } = await clone.lab(
      "verify",
      "--junit",
      inClone("out.xml"),
      "--json",
      inClone("out.json"),
    );
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^1 of 1 seat passed in .+ s$/m);
    expect(stderr.match(/^seat01 {2}step \d {2}passed in /gm)).toHaveLength(STEPS.length);
    const verdict = verdictIn(readFileSync(inClone("out.json"), "utf8"));
    expect(outcomesOf(verdict)).toEqual(Object.fromEntries(STEPS.map((id) => [id, "passed"])));
    expect(verdict.seats[0]?.ready?.trivy.version).toMatch(/^\d+\.\d+\.\d+$/);
    const kept = inClone(".lab", "verdicts", clone.stack, "latest");
    expect(verdictIn(readFileSync(join(kept, "verdict.json"), "utf8"))).toEqual(verdict);
    expect(readFileSync(join(kept, "seat01.txt"), "utf8")).toContain("$ trivy image ");
    expect(await onNode(THINGS_ON_NODE)).toBe(before);
  });

  it("its JUnit has a case for each step, and no failure", () => {
    const xml = readFileSync(inClone("out.xml"), "utf8");
    expect(xml).toMatch(/^<testsuites name="[^"]*" tests="7" failures="0" errors="0" skipped="0" time="[\d.]+">$/m);
    const cases = [...xml.matchAll(/<testcase classname="\S+\.seat01" name="(\d) [^"]+" time="[\d.]+"\/>/g)];
    expect(cases.map(([, id]) => id)).toEqual(STEPS);
  });

  it("up again verifies nothing, status shows the verdict with its age", async () => {
    const before = verdictFolders();
    const { stdout } = await clone.lab("up", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      verified: null,
      seats: [{ verdict: { kind: "lesson", outcome: "passed" } }],
    });
    expect(verdictFolders()).toEqual(before);
    expect((await clone.lab("status")).stdout).toMatch(/^ {2}seat01 +ready +\S+ +passed (just now|\d min ago) /m);
    const { seats } = JSON.parse((await clone.lab("status", "--json")).stdout);
    expect(seats[0].verdict).toMatchObject({ outcome: "passed", ageSeconds: expect.any(Number) });
  });

  it("names seats and steps that there are, for one that there is not", async () => {
    expect(await clone.lab("verify", "--seat", "seat02")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'lab: There is no seat "seat02".\nThis lab has: seat01.\n',
    });
    const { exitCode, stderr } = await clone.lab("verify", "--step", "8");
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^lab: There is no step "8"\.\nThe lesson has:\n {2}1 {2}/),
    ]);
  });

  it.each([
    [
      "the figlet image is gone",
      "2",
      "docker image tag figlet:latest kept && docker image rm figlet:latest",
      "docker image tag kept figlet:latest && docker image rm kept",
    ],
    [
      "hello:v0.2 lacks its line",
      "4",
      "docker image tag hello:v0.2 kept && docker image tag hello:v0.1 hello:v0.2",
      "docker image tag kept hello:v0.2 && docker image rm kept",
    ],
    [
      "Trivy is a script that prints nothing",
      "6",
      "cd /usr/local/bin && mv trivy trivy.kept && printf '#!/bin/sh\\n' > trivy && chmod +x trivy",
      "cd /usr/local/bin && mv trivy.kept trivy",
    ],
    [
      "the database is gone",
      "6",
      "mv /var/lib/trivy/db /var/lib/trivy/kept",
      "mv /var/lib/trivy/kept /var/lib/trivy/db",
    ],
  ])("when %s, step %s fails and no other", async (_, step, breakNode, repairNode) => {
    await onNode(breakNode);
    const { exitCode, stdout } = await clone.lab("verify", "--json");
    await onNode(repairNode);
    expect(exitCode).toBe(1);
    const outcomes = outcomesOf(verdictIn(stdout));
    expect(Object.keys(outcomes).filter((id) => outcomes[id] !== "passed")).toEqual([step]);
    expect(outcomes[step]).toBe("failed");
  });

  it("tells of a failed step what was run, expected and found, and where the evidence is", async () => {
    await onNode("docker image tag figlet:latest kept && docker image rm figlet:latest");
    const { exitCode, stdout } = await clone.lab("verify", "--step", "2");
    expect(exitCode).toBe(1);
    const [title, command, expected, ...found] = stdout.trim().split("\n");
    expect(title).toMatch(/^✗ step 2 \(.+\) failed on seat01$/);
    expect(command).toMatch(/^ {4}command {3}docker container run .*figlet:latest$/);
    expect(expected).toBe("    expected  exit code 0");
    expect(found[0]).toMatch(/^ {4}found {5}exit code 125 and .*No such image: figlet:latest/);
    expect(stdout).toMatch(/^ {4}evidence {2}\.lab\/verdicts\/\S+\/seat01\.txt$/m);
    expect(stdout).toMatch(/^0 of 1 seat passed in .*; failed: seat01 \(step 2\)$/m);
  });

  it("up: verifies what did not pass before, and fails with the command, expected, found and what to type", async () => {
    const { exitCode, stdout, stderr } = await clone.lab("up", "--keep-images");
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/^ {2}seat01 +ready +\S+ +failed \(figlet\) just now /m),
    ]);
    expect(stderr).toMatch(
      /^lab: The lab is up, but the lesson does not work on it\.\n\n✗ figlet failed on seat01\n {4}command {3}/m,
    );
    expect(stderr).toContain(`./lab verify --stack ${clone.stack} --seat seat01\n`);
    const left = await clone.lab("up", "--no-verify", "--keep-images");
    expect(left).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("quick verdict") });
    await onNode("docker image tag kept figlet:latest && docker image rm kept");
  });

  it("SIGINT: stops, cleans up on the node, keeps what there is, and ends with 130", async () => {
    const before = await onNode(THINGS_ON_NODE);
    const child = execa(join(clone.directory, "lab"), ["verify", "--json", inClone("stopped.json")], {
      cwd: clone.directory,
      env: clone.environment,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    child.stderr?.on("data", (text: Buffer) => {
      if (text.includes("step 1  passed")) {
        child.kill("SIGINT");
      }
    });
    const { exitCode, stdout, stderr } = await child;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/^stopping, and cleaning up on the nodes$/m);
    expect(stdout).toMatch(/^0 of 1 seat passed in .*; stopped: seat01$/m);
    expect(outcomesOf(verdictIn(readFileSync(inClone("stopped.json"), "utf8")))).toEqual({ "1": "passed" });
    expect(await lastingProcessesOf(clone.stack)).toEqual([]);
    expect(await onNode(THINGS_ON_NODE)).toBe(before);
  });

  it("a node that is not there fails its seat with the reason", async () => {
    await dockerClient(DOCKER_HOST).getContainer(`lab-${clone.stack}-node1`).stop();
    const { exitCode, stdout } = await clone.lab("verify");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ step 1 \(.+\) failed on seat01\n {4}command {3}ssh -p \d+ root@127\.0\.0\.1\n/m);
    expect(stdout).toMatch(/^ {4}found {5}.*127\.0\.0\.1/m);
  });

  it("down: nothing is left but the verdicts", async () => {
    const { exitCode, stderr } = await clone.lab("down");
    expect(exitCode, stderr).toBe(0);
    expect(await dockerResources(clone.stack)).toEqual([]);
    expect(verdictFolders()).not.toEqual([]);
  });
});

function inClone(...path: string[]): string {
  return join(clone.directory, ...path);
}

async function onNode(line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await clone.lab("ssh", line);
  expect(exitCode, `${line}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

function verdictIn(text: string) {
  return verdictSchema.parse(JSON.parse(text));
}

function outcomesOf({ seats }: ReturnType<typeof verdictIn>): Record<string, string> {
  expect(seats).toHaveLength(1);
  return Object.fromEntries(seats.flatMap(({ steps }) => steps.map(({ id, outcome }) => [id, outcome])));
}

function verdictFolders(): string[] {
  return readdirSync(inClone(".lab", "verdicts", clone.stack)).filter((name) => name.startsWith("20"));
}
