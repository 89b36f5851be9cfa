import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { archiveLimit, type HomeLimits, type ReachableSeat, saveHome } from "../../../cli/workflows/reset/keep-home";
import type { LabError } from "../../../core/errors";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const SEAT: ReachableSeat = {
  seat: "seat03",
  role: "seat",
  node: "seat03-node1",
  ssh: { host: "127.0.0.1", port: 2203, user: "root" },
  ready: undefined,
  images: [],
};

/** The defaults of `lab reset`. */
const HOME_LIMITS: HomeLimits = { gigabytes: 4, minutes: 10 };

const MEBIBYTE = 1024 ** 2;

/** A clone in which `ssh` is a script. What it prints is what the student's node sends. */
function cloneWith(ssh: string): string {
  const folder = temporaryFolder();
  const script = "cloud-init/files/pack-home.sh";
  cpSync(script, join(folder, script));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/ssh"), `#!/bin/bash\necho "$*" > '${folder}/ssh.words'\ncat > /dev/null\n${ssh}\n`);
  chmodSync(join(folder, "bin/ssh"), 0o755);
  vi.stubEnv("PATH", `${join(folder, "bin")}:${process.env["PATH"]}`);
  return folder;
}

async function keep(folder: string, limits: Partial<HomeLimits> = {}, seat = SEAT) {
  const context = contextFor(runtimeIn(folder), "dev", recordedReporter().reporter);
  return saveHome(context, seat, { ...HOME_LIMITS, ...limits });
}

async function failureOf(work: Promise<unknown>): Promise<LabError> {
  return work.then(
    () => expect.fail("the home was kept"),
    (error: LabError) => error,
  );
}

const kept = (folder: string) => readdirSync(join(folder, ".lab/dev/homes"));

describe.runIf(process.platform === "linux")("a home", () => {
  test("is kept as the node sends it, for its owner alone, and what was left out is told", async () => {
    const folder = cloneWith(
      "head -c 3000000 /dev/zero; printf 'tar: student/s: socket ignored\\n\\033[31mtar: student/a: file changed as we read it\\n' >&2",
    );
    const home = await keep(folder);
    expect(home).toMatchObject({
      seat: "seat03",
      bytes: 3_000_000,
      leftOut: ["tar: student/s: socket ignored", "tar: student/a: file changed as we read it"],
    });
    const { size, mode } = statSync(join(folder, home.file));
    expect([size, mode & 0o777]).toEqual([3_000_000, 0o600]);
  });

  test("that does not end is cut off at the limit, and nothing of it is kept", async () => {
    const folder = cloneWith("exec cat /dev/zero");
    let largest = 0;
    const timer = setInterval(() => {
      const sizes = kept(folder).map((file) => statSync(join(folder, ".lab/dev/homes", file)).size);
      largest = Math.max(largest, ...sizes);
    }, 5);
    const error = await failureOf(keep(folder, { gigabytes: 5 / 1024 })).finally(() => clearInterval(timer));
    expect(error.message).toContain("so no machine was replaced");
    expect(error.message).toContain("the node sent more than 5.0 MB: the limit is");
    expect(error.hint).toContain("./lab reset seat03 --max-home-gb 20 --max-home-minutes 60");
    expect(error.hint).toContain("./lab reset seat03 --discard");
    expect(largest).toBeLessThanOrEqual(5 * MEBIBYTE);
    expect(kept(folder)).toEqual([]);
  });

  test("that is never done is given up in time", async () => {
    const folder = cloneWith("echo a; exec sleep 60");
    const begun = Date.now();
    const error = await failureOf(keep(folder, { minutes: 1 / 60 }));
    expect(error.message).toContain("the node was not done after");
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(kept(folder)).toEqual([]);
  });

  test("of a node that talks without end is kept, and little of the talk is shown", async () => {
    const folder = cloneWith("yes 'a line of no use' | head -c 20000000 >&2; echo archive");
    const { leftOut } = await keep(folder);
    expect(leftOut).toHaveLength(21);
    // Of 20 MB, the first 16 KiB were kept.
    expect(leftOut.at(-1)).toMatch(/^and \d{1,3} more lines$/);
    expect(leftOut.join("").length).toBeLessThan(2000);
  });

  test("that cannot be packed is told in the node's words", async () => {
    const folder = cloneWith("echo half; echo 'tar: student: Cannot open' >&2; exit 2");
    expect((await failureOf(keep(folder))).message).toContain("tar: student: Cannot open");
    expect(kept(folder)).toEqual([]);
  });

  test("on a Docker host is fetched through that", async () => {
    const folder = cloneWith("echo archive");
    await keep(folder, {}, { ...SEAT, ssh: { ...SEAT.ssh, through: "ssh://ana@server" } });
    expect(readFileSync(join(folder, "ssh.words"), "utf8")).toContain("ProxyCommand=");
  });
});

describe("the limit of a home", () => {
  test("is the one that was asked for, where the disk has room", () => {
    expect(archiveLimit({ gigabytes: 4, minutes: 1 }, 100 * 1024 ** 3)).toEqual({
      bytes: 4 * 1024 ** 3,
      reason: "the limit is 4 GB (--max-home-gb)",
    });
  });

  test("leaves a gigabyte of the disk free", () => {
    expect(archiveLimit(HOME_LIMITS, 3 * 1024 ** 3)).toEqual({
      bytes: 2 * 1024 ** 3,
      reason: "the disk of this folder has 3.0 GB free, of which 1.0 GB must stay free",
    });
    expect(archiveLimit(HOME_LIMITS, 1000).bytes).toBe(0);
  });
});
