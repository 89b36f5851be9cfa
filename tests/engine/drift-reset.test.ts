import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labAtTerminal } from "../e2e/pseudo-terminal";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, nodesOf, onNode } from "../support/lab-facts";

const IMAGES = ["figlet:latest", "hello:v0.1", "hello:v0.2"];

/** One class of two seats: images that are lost on a node, then the node itself. What happens to seat02 never happens to seat01. */
describe("a class in which one seat is not as it was", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--seats", "2", "--ssh-port", String(lab.sshPort), "--no-verify"));
  });
  afterAll(() => lab.remove());

  describe("images removed or retagged on its node", () => {
    test("are left alone by pulumi, also with a refresh, and by `up --keep-images`", async () => {
      await damage(lab);
      expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--refresh"));
      const { summary, drift } = await upJson(lab, "--keep-images", "--no-verify");
      expect([summary.replaced, drift]).toEqual([0, []]);
    });

    test("are found by `status`, which changes nothing", async () => {
      const { stdout, stderr } = expectSuccess(await lab.lab("status"));
      expect(stdout).toMatch(/^ {2}seat01 {2}ready /m);
      expect(stdout).toMatch(/^ {2}seat02 {2}drift /m);
      expect(stderr).toMatch(/^warning: seat02: .*figlet:latest was removed/m);
      expect(await driftOf(lab, "seat01")).toEqual([]);
      expect(await driftOf(lab, "seat02")).toEqual(["figlet:latest removed", "hello:v0.2 retagged"]);
    });

    test("are recreated by `up`, they alone, and verified", async () => {
      const before = await imagesOf(lab, "seat01");
      const kept = await imageId(lab, "seat02", "hello:v0.1");
      const { summary, drift, verified } = await upJson(lab);
      expect([summary.replaced, summary.created, summary.changed]).toEqual([2, 0, 0]);
      expect(drift.map(({ seat }) => seat)).toEqual(["seat02"]);
      expect(verified.seats).toContain("seat02");
      expect(await driftOf(lab, "seat02")).toEqual([]);
      expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
      expect(await imageId(lab, "seat02", "hello:v0.1")).toBe(kept);
      expect(await imagesOf(lab, "seat01")).toEqual(before);
    });

    test("are recreated by plain `pulumi up` once `status --mark` has marked them, with what they start from", async () => {
      const before = await imagesOf(lab, "seat01");
      // Whatever no container uses, as the lesson's last page has it: base images and the builder's cache, too.
      await onNode(lab, "seat02", "docker container prune -f && docker image prune -af && docker builder prune -af");
      const { marked } = JSON.parse(expectSuccess(await lab.lab("status", "--mark", "--json")).stdout);
      const suffixes = ["base-images", "figlet", "hello-v0.1", "hello-v0.2"];
      expect(marked.map((urn: string) => urn.split("::").at(-1)).sort()).toEqual(
        suffixes.map((suffix) => `seat02-node1-${suffix}`),
      );
      const { stdout } = expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs"));
      expect(stdout).toMatch(/\+-4 replaced/);
      expect(await driftOf(lab, "seat02")).toEqual([]);
      expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
      expect(await imagesOf(lab, "seat01")).toEqual(before);
      expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
    });
  });

  describe("`reset`", () => {
    test("asks at a terminal, and takes no for an answer", async () => {
      const before = await runsOf(lab);
      const terminal = labAtTerminal("reset seat02", lab);
      await terminal.sees(/Replace the machines of seat02, including their disks\?.*\[y\/N\]/);
      terminal.type("n\r");
      expect(await terminal.ends()).toBe(1);
      expect(terminal.output()).toContain("nothing was changed");
      expect(await runsOf(lab)).toEqual(before);
    });

    test("touches nothing where the home cannot be kept, and says how to go on without", async () => {
      const [before, node] = [await runsOf(lab), await nodeOf(lab, "seat02")];
      await lab.docker.getContainer(node).pause();
      const { exitCode, stderr } = await lab.lab("reset", "seat02");
      await lab.docker.getContainer(node).unpause();
      expect(exitCode).toBe(1);
      expect(stderr).toContain("The student's home on seat02 could not be saved, so no machine was replaced");
      expect(stderr).toContain("./lab reset --stack");
      expect(stderr).toContain("--discard");
      expect(await runsOf(lab)).toEqual(before);
      expect(homesOf(lab)).toEqual([]);
    });

    test("is not done where it would cost another seat its machine", async () => {
      const before = await runsOf(lab);
      expectSuccess(await lab.pulumi("config", "set", "--path", "lab-nodes:local.sshPort", String(lab.sshPort + 2)));
      const { exitCode, stderr } = await lab.lab("reset", "seat02");
      expectSuccess(await lab.pulumi("config", "set", "--path", "lab-nodes:local.sshPort", String(lab.sshPort)));
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/Not reset: .*would also recreate or remove these machines: seat01\./);
      expect(await runsOf(lab)).toEqual(before);
    });

    test("keeps the home, recreates that one machine, and leaves the other as it runs", async () => {
      const [first, second] = await runsOf(lab);
      await onNode(lab, "--user", "student", "seat02", "echo mine > work.txt && head -c 2000000 /dev/urandom > blob");
      await onNode(lab, "seat02", "touch /root/mine");
      const sum = await onNode(lab, "seat02", "sha256sum < /home/student/blob");

      const { homes, summary } = JSON.parse(expectSuccess(await lab.lab("reset", "seat02", "--json")).stdout);

      const [kept] = homesOf(lab);
      const archive = join(lab.directory, ".lab", lab.stack, "homes", kept ?? "");
      expect(homes).toEqual([
        { seat: "seat02", file: `.lab/${lab.stack}/homes/${kept}`, bytes: statSync(archive).size, leftOut: [] },
      ]);
      expect([statSync(archive).mode & 0o777, statSync(join(archive, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
      expect(inArchive(archive, "student/work.txt").toString()).toBe("mine\n");
      expect(`${createHash("sha256").update(inArchive(archive, "student/blob")).digest("hex")}  -`).toBe(sum);
      expect(summary).toMatchObject({ created: 0, changed: 0, deleted: 0 });
      const [firstNow, secondNow] = await runsOf(lab);
      expect(firstNow).toEqual(first);
      expect(secondNow?.id).not.toBe(second?.id);
      expect(await onNode(lab, "seat02", "ls -A /home/student/work.txt /root/mine 2>/dev/null || true")).toBe("");
      expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
      expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
    });

    test("with --discard recreates a node that does not answer, and keeps nothing; kept homes outlive the lab", async () => {
      const [first, second] = await runsOf(lab);
      await lab.docker.getContainer(second?.id ?? "").pause();
      expectSuccess(await lab.lab("reset", "seat02", "--discard", "--yes"));
      const [firstNow, secondNow] = await runsOf(lab);
      expect(firstNow).toEqual(first);
      expect(secondNow?.id).not.toBe(second?.id);
      expect(homesOf(lab)).toHaveLength(1);
      expectSuccess(await lab.lab("down"));
      expect(homesOf(lab)).toHaveLength(1);
    });
  });
});

/** Takes one image away, and gives another one's name to a third. */
async function damage(lab: LabClone): Promise<void> {
  await onNode(lab, "seat02", "docker image rm -f figlet:latest && docker image tag hello:v0.1 hello:v0.2");
}

/** What `up --json` says. */
async function upJson(lab: LabClone, ...words: string[]) {
  return JSON.parse(expectSuccess(await lab.lab("up", "--json", ...words)).stdout) as {
    readonly summary: { readonly created: number; readonly changed: number; readonly replaced: number };
    readonly drift: readonly { readonly seat: string }[];
    readonly verified: { readonly seats: readonly string[] };
  };
}

/** What `status --json` says of a seat's images: "figlet:latest removed". */
async function driftOf(lab: LabClone, seat: string): Promise<string[]> {
  const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
  const { drift } = seats.find((each: { seat: string }) => each.seat === seat);
  return drift.map(({ image, kind }: { image: string; kind: string }) => `${image} ${kind}`).sort();
}

/** The lesson's images on a seat's node, and when each was given its name. */
async function imagesOf(lab: LabClone, seat: string): Promise<string> {
  const format = "{{.Id}} {{.Metadata.LastTagTime}}";
  return onNode(lab, seat, "docker", "image", "inspect", "--format", format, ...IMAGES);
}

function imageId(lab: LabClone, seat: string, image: string): Promise<string> {
  return onNode(lab, seat, "docker", "image", "inspect", "--format", "{{.Id}}", image);
}

/** The nodes' containers, in order, and since when each has been running. */
async function runsOf(lab: LabClone): Promise<{ id: string; startedAt: string }[]> {
  return Promise.all(
    (await nodesOf(lab)).map(async ({ id }) => {
      const { State } = await lab.docker.getContainer(id).inspect();
      return { id, startedAt: State.StartedAt };
    }),
  );
}

async function nodeOf(lab: LabClone, seat: string): Promise<string> {
  return (await nodesOf(lab)).find(({ name }) => name.includes(seat))?.id ?? expect.fail(`no node of ${seat}`);
}

function homesOf(lab: LabClone): string[] {
  const folder = join(lab.directory, ".lab", lab.stack, "homes");
  return existsSync(folder) ? readdirSync(folder) : [];
}

function inArchive(archive: string, file: string): Buffer {
  return execFileSync("tar", ["--extract", "--gzip", "--to-stdout", "--file", archive, file], {
    maxBuffer: 10_000_000,
  });
}
