import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Artefact,
  artefactsIn,
  ensureFolder,
  isOwnFolder,
  restoreFolder,
} from "../../../../adapters/files/artefacts/folder";
import { temporaryFolder } from "../../cli/support";

function artefact(name: string, text: string): Artefact {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return { name, path, bytes: text.length, identity: `id of ${text}` };
}

const names = (folder: string) => readdirSync(folder).sort();

describe("a folder of artefacts", () => {
  test("is one for the same content, without room on the disk of its own, and readable for any root", async () => {
    const environment = { XDG_CACHE_HOME: temporaryFolder() };
    const [one, two] = [artefact("a.tar", "one"), artefact("b.tar", "two")];
    const folder = await ensureFolder([one, two], environment);
    expect(names(folder)).toEqual(["a.tar", "artefacts.json", "b.tar"]);
    expect(statSync(join(folder, "a.tar")).ino).toBe(statSync(one.path).ino);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, "a.tar")).mode & 0o777]).toEqual([0o755, 0o644]);
    const made = statSync(folder).ino;
    expect(await ensureFolder([two, one], environment)).toBe(folder);
    expect(statSync(folder).ino).toBe(made);
    expect(await ensureFolder([one], environment)).not.toBe(folder);
    expect(await ensureFolder([one, artefact("b.tar", "other")], environment)).not.toBe(folder);
    expect(isOwnFolder(folder, environment)).toBe(true);
  });

  test("gets back what was removed from it or cut off, while nodes have it mounted", async () => {
    const environment = { XDG_CACHE_HOME: temporaryFolder() };
    const artefacts = [artefact("a.tar", "one"), artefact("b.tar", "two"), artefact("c.tar", "three")];
    const folder = await ensureFolder(artefacts, environment);
    // Inode numbers are given out again, so it is by its own things that the folder is known; one is a killed run's.
    writeFileSync(join(folder, ".a.tar.partial"), "half");
    writeFileSync(join(folder, "of mine"), "");
    rmSync(join(folder, "a.tar"));
    // Another file, not a change of the one that is linked.
    rmSync(join(folder, "b.tar"));
    writeFileSync(join(folder, "b.tar"), "t");
    expect(await artefactsIn(folder)).toBeUndefined();
    await restoreFolder(folder, artefacts);
    expect(readFileSync(join(folder, "b.tar"), "utf8")).toBe("two");
    expect((await artefactsIn(folder))?.map(({ name }) => name)).toEqual(["a.tar", "b.tar", "c.tar"]);
    expect(names(folder)).toEqual(["a.tar", "artefacts.json", "b.tar", "c.tar", "of mine"]);
    expect(readFileSync(join(folder, "a.tar"), "utf8")).toBe("one");
  });

  test("comes back under its name when it was removed", async () => {
    const folder = join(temporaryFolder(), "gone", "folder");
    await restoreFolder(folder, [artefact("a.tar", "one")]);
    expect(names(folder)).toEqual(["a.tar", "artefacts.json"]);
    expect(names(dirname(folder))).toEqual(["folder"]);
  });

  test("leaves nothing half-made when an artefact cannot be read", async () => {
    const environment = { XDG_CACHE_HOME: temporaryFolder() };
    const broken = { ...artefact("b.tar", "two"), path: "/no/such/file" };
    await expect(ensureFolder([artefact("a.tar", "one"), broken], environment)).rejects.toThrow("ENOENT");
    expect(names(join(environment.XDG_CACHE_HOME, "lab-nodes", "artefacts"))).toEqual([]);
  });

  test.each([undefined, "/srv/artefacts", "/srv/lab-nodes/artefacts/x"])(
    "is the user's where it is %s",
    (directory) => {
      expect(isOwnFolder(directory, { XDG_CACHE_HOME: "/home/me/.cache" })).toBe(false);
    },
  );
});
