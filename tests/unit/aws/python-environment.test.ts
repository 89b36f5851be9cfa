import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { ensurePython } from "../../support/aws/python-environment";

/** Stands in for python3: makes a "virtual environment" of copies of itself, and notes what it was asked. */
const PYTHON = `#!/bin/sh
echo "$*" >> "$LOG"
case "$1 $2" in
  "-c "*) echo "$VERSION" ;;
  "-m venv") [ -z "$NO_VENV" ] || { echo "$NO_VENV" >&2; exit 1; }; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  "-m pip") [ -z "$NO_PIP" ] || { echo "$NO_PIP" >&2; exit 1; } ;;
esac
`;

describe("the emulator's Python", () => {
  let folder: string;
  let environment: Record<string, string>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-python-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "python3"), PYTHON);
    chmodSync(join(folder, "python3"), 0o755);
    environment = {
      PATH: `${folder}:/usr/bin:/bin`,
      XDG_CACHE_HOME: join(folder, "cache"),
      LOG: join(folder, "log"),
      VERSION: "3.11.2",
      NO_VENV: "",
      NO_PIP: "",
    };
  });

  const installs = () =>
    readFileSync(join(folder, "log"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("-m pip"));
  const environments = () => {
    const place = join(folder, "cache", "lab-nodes", "aws-emulator");
    return existsSync(place) ? readdirSync(place) : [];
  };

  test("is made once, in the user's cache, with exactly the pinned packages", async () => {
    const python = await ensurePython(environment);
    expect(python.startsWith(join(folder, "cache"))).toBe(true);
    expect(existsSync(python)).toBe(true);
    expect(await ensurePython(environment)).toBe(python);
    expect(installs()).toEqual([
      expect.stringMatching(/--no-deps --require-hashes --requirement \S+requirements\.txt$/),
    ]);
  });

  test("is recreated for another Python", async () => {
    await ensurePython(environment);
    await ensurePython({ ...environment, VERSION: "3.12.0" });
    expect(environments()).toHaveLength(2);
  });

  test("is not made at all when its packages cannot be had", async () => {
    await expect(ensurePython({ ...environment, NO_PIP: "No matching distribution" })).rejects.toThrow(
      /pip could not install its packages:\nNo matching distribution/,
    );
    expect(environments()).toEqual([]);
  });

  test("without the venv module, says what to type", async () => {
    await expect(ensurePython({ ...environment, NO_VENV: "ensurepip is not available" })).rejects.toThrow(
      /needs Python 3.11 or newer with its venv module.*\nensurepip is not available\nTry: sudo apt-get install -y python3-venv/,
    );
    expect(environments()).toEqual([]);
  });

  test("refuses one that is too old, and a machine without any", async () => {
    await expect(ensurePython({ ...environment, VERSION: "3.9.2" })).rejects.toThrow(/python3 is Python 3\.9\.2/);
    await expect(ensurePython({ ...environment, PATH: join(folder, "none") })).rejects.toThrow(
      /python3 is not on PATH/,
    );
  });
});
