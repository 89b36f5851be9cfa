import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { archiveContext, contextDigest, listContext } from "../../../../airgap/plugins/docker/image/context";

let folder: string;

function write(name: string, content: string): void {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
}

const context = () => join(folder, "ctx");
const dockerfile = () => join(folder, "ctx/Dockerfile");
const paths = () => listContext(context(), dockerfile()).map(({ path }) => path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-image-"));
  write("ctx/Dockerfile", "FROM scratch\n");
  write("ctx/app/main.sh", "echo\n");
  write("ctx/app/notes.md", "notes\n");
  write("ctx/README.md", "read me\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("listContext", () => {
  it("lists everything, in order", () => {
    expect(paths()).toEqual(["Dockerfile", "README.md", "app", "app/main.sh", "app/notes.md"]);
  });

  it.each([
    ["*.md", ["Dockerfile", "app", "app/main.sh", "app/notes.md"]],
    ["**/*.md", ["Dockerfile", "app", "app/main.sh"]],
    ["# app\n\napp", ["Dockerfile", "README.md"]],
    ["# app", ["Dockerfile", "README.md", "app", "app/main.sh", "app/notes.md"]],
    ["app\n!app/main.sh", ["Dockerfile", "README.md", "app/main.sh"]],
    ["*\n!README.md", ["README.md"]],
    ["readme.md", ["Dockerfile", "README.md", "app", "app/main.sh", "app/notes.md"]],
  ])("follows .dockerignore %j", (rules, expected) => {
    write("ctx/.dockerignore", rules);
    expect(paths().filter((path) => path !== ".dockerignore")).toEqual(expected);
  });

  it("takes the rules that are named after a Dockerfile of another name", () => {
    write("ctx/.dockerignore", "app");
    write("ctx/Mock.dockerignore", "README.md");
    const listed = listContext(context(), join(folder, "ctx/Mock")).map(({ path }) => path);
    expect(listed).toContain("app/main.sh");
    expect(listed).not.toContain("README.md");
  });
});

describe("contextDigest", () => {
  const digest = () => contextDigest(context(), dockerfile());

  it.each<[string, () => void]>([
    ["content", () => write("ctx/app/main.sh", "echo 2\n")],
    ["mode", () => chmodSync(join(folder, "ctx/app/main.sh"), 0o755)],
    ["a new file", () => write("ctx/new", "")],
    ["the Dockerfile", () => write("ctx/Dockerfile", "FROM scratch\nLABEL a=b\n")],
    ["a link", () => symlinkSync("app/main.sh", join(folder, "ctx/link"))],
  ])("changes with %s", (_what, change) => {
    const before = digest();
    change();
    expect(digest()).not.toBe(before);
  });

  it("does not change with times, nor with what .dockerignore leaves out", () => {
    write("ctx/.dockerignore", "README.md");
    const before = digest();
    utimesSync(join(folder, "ctx/app/main.sh"), 1, 1);
    write("ctx/README.md", "changed");
    expect(digest()).toBe(before);
  });

  it("changes with a Dockerfile from outside the context", () => {
    const outside = join(folder, "Dockerfile");
    write("Dockerfile", "FROM a\n");
    const before = contextDigest(context(), outside);
    write("Dockerfile", "FROM b\n");
    expect(contextDigest(context(), outside)).not.toBe(before);
  });

  it("tells where a link leads, not what is there", () => {
    symlinkSync("nowhere", join(folder, "ctx/link"));
    const before = digest();
    rmSync(join(folder, "ctx/link"));
    symlinkSync("elsewhere", join(folder, "ctx/link"));
    expect(digest()).not.toBe(before);
  });
});

describe("archiveContext", () => {
  async function unpack(file: string): Promise<{ dockerfile: string; members: Map<string, string> }> {
    const packed = archiveContext(context(), file);
    const members = new Map<string, string>();
    for await (const entry of packed.archive.pipe(extract())) {
      const { name, mode, uid, type, linkname } = entry.header;
      const what = type === "symlink" ? `-> ${linkname}` : await text(entry);
      members.set(name, `${type} ${(mode ?? 0).toString(8)} ${uid} ${what}`);
      entry.resume();
    }
    return { dockerfile: packed.dockerfile, members };
  }

  it("packs files, folders and links, all of them root's", async () => {
    symlinkSync("app/main.sh", join(folder, "ctx/link"));
    chmodSync(join(folder, "ctx/app/main.sh"), 0o755);
    const { dockerfile: name, members } = await unpack(dockerfile());
    expect(name).toBe("Dockerfile");
    expect(members.get("app/main.sh")).toBe("file 755 0 echo\n");
    expect(members.get("link")).toMatch(/^symlink \d+ 0 -> app\/main\.sh$/);
    expect(members.get("Dockerfile")).toMatch(/FROM scratch/);
    expect(members.get("app")).toMatch(/^directory/);
  });

  it("brings a Dockerfile from outside the context along, under a name of its own", async () => {
    write("other/Dockerfile", "FROM outside\n");
    const { dockerfile: name, members } = await unpack(join(folder, "other/Dockerfile"));
    expect(name).not.toBe("Dockerfile");
    expect(members.get(name)).toMatch(/FROM outside/);
    expect(members.get("Dockerfile")).toMatch(/FROM scratch/);
  });

  it("brings a Dockerfile that .dockerignore hides, and says that it is hidden", async () => {
    expect(archiveContext(context(), dockerfile()).isDockerfileHidden).toBe(false);
    write("ctx/.dockerignore", "Dockerfile");
    const { members } = await unpack(dockerfile());
    expect(members.get("Dockerfile")).toMatch(/FROM scratch/);
    expect(archiveContext(context(), dockerfile()).isDockerfileHidden).toBe(true);
  });
});
