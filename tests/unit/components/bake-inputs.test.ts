import { appendFileSync, chmodSync, cpSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { readBakeInputs } from "../../../components/machines/local/bake-inputs";
import { parseConfig } from "../../../config/parse";
import type { RawConfig } from "../../../config/settings";
import { bakeIdentity } from "../../../core/bake";
import { engineDouble } from "../adapters/docker/engine-double";
import { temporaryFolder } from "../cli/support";

const ENGINE: DockerEngine = {
  host: `unix://${join(tmpdir(), "no-such-engine.sock")}`,
  serverVersion: "28.0.0",
  cgroupVersion: 1,
  platform: "linux/amd64",
  rootDirectory: "/var/lib/docker",
  kernelVersion: "6.1.0",
  memoryBytes: 8e9,
  cores: 2,
};

const SUM = "5e".repeat(32);

async function identityOf(raw: RawConfig, engine = ENGINE, program?: string) {
  const parsed = parseConfig(raw);
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  return bakeIdentity(await readBakeInputs(parsed.config, engine, program));
}

describe("what a bake is named by", () => {
  test.each<RawConfig>([
    { seats: 20 },
    { seats: 20, spares: 2 },
    { expires: "8h" },
    { owner: "ana" },
    { expires: "8h", extended: "2036-12-01T18:00Z" },
    { access: { password: "none" } },
    { local: { sshPort: 2301 } },
    { local: { bake: "0123456789ab" } },
    { docker: { host: "ssh://user@server" } },
    { lesson: { registryImage: "mirror.example/image:1" } },
    { engine: "air-gapped" },
  ])("is none of a class's own settings: %j", async (raw) => {
    expect(await identityOf(raw)).toEqual(await identityOf({}));
  });

  test.each<RawConfig>([
    { local: { baseImage: "debian:bookworm" } },
    { node: { dockerPackage: "docker" } },
    { images: { base: "debian" } },
    { trivy: { archive: "https://mirror.example/trivy.tar.gz", sha256: SUM } },
    { trivy: { databaseRepositories: "mirror.example/trivy-db:2" } },
    { trivy: { database: "baked", databaseArchive: "https://mirror.example/db.tar.gz", databaseSha256: SUM } },
  ])("is every setting that reaches a node: %j", async (raw) => {
    expect((await identityOf(raw)).hash).not.toBe((await identityOf({})).hash);
  });

  test("is the nodes' architecture", async () => {
    expect(await identityOf({}, { ...ENGINE, platform: "linux/arm64" })).not.toEqual(await identityOf({}));
  });

  test("is a base image's id where its name has no digest, for the bake alone and not for the machine", async () => {
    const identities = [];
    for (const Id of ["sha256:one", "sha256:two"]) {
      const { host } = await engineDouble({ "/images/debian:test/json": { Id } });
      identities.push(await identityOf({ local: { baseImage: "debian:test" } }, { ...ENGINE, host }));
    }
    const [one, two] = identities;
    expect(one?.hash).not.toBe(two?.hash);
    expect(one?.machineHash).toBe(two?.machineHash);
  });

  describe("is every file of", () => {
    const changes: [string, string, (file: string) => void][] = [
      ["the node image", "images/node/start-init", (file) => appendFileSync(file, "\n")],
      ["a lesson's image", "images/hello/v0.2/index.js", (file) => appendFileSync(file, "\n")],
      ["a lesson's image, its mode too", "images/figlet/Dockerfile", (file) => chmodSync(file, 0o755)],
      ["a lesson's image, new ones too", "images/hello/v0.1/new/file", (file) => writeFileSync(file, "")],
      [
        "what makes the bake",
        "components/machines/bake/files/restore-docker-state.sh",
        (file) => appendFileSync(file, "\n"),
      ],
    ];
    test.each(changes)("%s: %s", async (_, file, change) => {
      const program = programCopy();
      mkdirSync(join(program, "images/hello/v0.1/new"));
      const before = await identityOf({}, ENGINE, program);
      change(join(program, file));
      expect((await identityOf({}, ENGINE, program)).hash).not.toBe(before.hash);
    });

    test("none of other folders, and none that is only touched", async () => {
      const program = programCopy();
      const before = await identityOf({}, ENGINE, program);
      appendFileSync(join(program, "images/debian/figlet/Dockerfile"), "\n");
      utimesSync(join(program, "images/figlet/Dockerfile"), 1, 1);
      expect(await identityOf({}, ENGINE, program)).toEqual(before);
    });
  });

  test("is every archive of base images in the folder of artefacts, by its recorded sum where there is one", async () => {
    const folder = temporaryFolder();
    const settings = { artefacts: { directory: folder } };
    const empty = await identityOf(settings);
    writeFileSync(join(folder, "alpine.tar"), "one");
    const own = await identityOf(settings);
    utimesSync(join(folder, "alpine.tar"), 1, 1);
    const touched = await identityOf(settings);
    writeFileSync(join(folder, "artefacts.json"), '{"alpine.tar":{"identity":"sha256:a","bytes":3}}');
    const recorded = await identityOf(settings);
    utimesSync(join(folder, "alpine.tar"), 2, 2);
    expect(await identityOf(settings)).toEqual(recorded);
    expect(new Set([empty, own, touched, recorded].map(({ hash }) => hash)).size).toBe(4);
    expect(new Set([empty, own, touched, recorded].map(({ machineHash }) => machineHash)).size).toBe(1);
  });
});

/** The folders of the program that a bake is made from. */
function programCopy(): string {
  const program = temporaryFolder();
  for (const folder of ["images", "components/machines/bake/files"]) {
    cpSync(folder, join(program, folder), { recursive: true });
  }
  return program;
}
