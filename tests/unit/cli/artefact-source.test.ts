import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { archiveFolder, BASE_IMAGE } from "../../../adapters/docker/base-image";
import { parseInfo } from "../../../adapters/docker/engine";
import { makeArtefact } from "../../../adapters/files/artefacts/folder";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { wantedConfig } from "../../../cli/workflows/configure/wanted-config";
import { decideArtefacts } from "../../../cli/workflows/prepare/artefact-source";
import type { ConfigChanges } from "../../../config/settings";
import { engineDouble } from "../adapters/docker/engine-double";
import { GoRoom } from "../adapters/files/artefacts-support";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const INFO = {
  ServerVersion: "27.0.1",
  OSType: "linux",
  Architecture: "x86_64",
  DockerRootDir: "/no/such/folder",
  KernelVersion: "6.1.0",
  MemTotal: 8e9,
  NCPU: 2,
};

interface World {
  readonly hub?: boolean;
  readonly release?: boolean;
  readonly engineFound?: Promise<unknown>;
}

/** A clone with a stack's file, and an Engine that has the base image, whose archive was saved before. */
class Room extends GoRoom {
  readonly said: string[] = [];
  readonly asked: string[] = [];
  #requests: readonly string[] = [];

  set settings(text: string) {
    writeFileSync(join(this.folder, "Pulumi.dev.yaml"), text);
  }

  get requests(): readonly string[] {
    return this.#requests;
  }

  async decide({ hub = false, release = false, engineFound = Promise.resolve() }: World = {}): Promise<ConfigChanges> {
    const engine = await engineDouble({
      [`/images/${BASE_IMAGE}/json`]: { Id: "sha256:base" },
      "/images/lab-nodes/base:bookworm/json": { Id: "sha256:old" },
    });
    this.#requests = engine.requests;
    // The archive of an Engine that is another one in each call.
    await makeArtefact(
      archiveFolder({ host: engine.host, environment: this.environment }),
      "debian-trixie.tar",
      (file) => {
        writeFileSync(file, "12345");
        return Promise.resolve("sha256:base");
      },
    );
    const { reporter, said } = recordedReporter();
    const file = new StackConfig(this.folder, "dev");
    const probe = (what: string, reachable: boolean) => async () => {
      this.asked.push(what);
      return { reachable, detail: reachable ? "answered" : "no answer" };
    };
    const stack = { file, config: wantedConfig(file, new Map()), docker: parseInfo(engine.host, INFO), engineFound };
    const sources = { probeRegistry: probe("hub", hub), probeDownload: probe("release", release) };
    const context = contextFor(runtimeIn(this.folder, this.environment), "dev", reporter);
    try {
      return await decideArtefacts(context, stack, sources);
    } finally {
      this.said.push(...said);
    }
  }

  /** Decides, and keeps the decision as `up` does. */
  async decideAndKeep(world: World = {}): Promise<ConfigChanges> {
    const changes = await this.decide(world);
    new StackConfig(this.folder, "dev").write(changes);
    return changes;
  }
}

const roomWith = (settings: string) => Object.assign(new Room(temporaryFolder()), { settings });
const directoryOf = (changes: ConfigChanges) => String(changes.get("artefacts.directory"));

describe("a stack that nothing was decided for", () => {
  test("takes everything from the internet where that answers, and keeps that", async () => {
    const room = roomWith("config:\n  lab-nodes:seats: 2\n");
    expect(await room.decide({ hub: true, release: true })).toEqual(
      new Map([
        ["images.base", "lesson"],
        ["trivy.database", "registry"],
      ]),
    );
    expect(room.said).toEqual(["Docker Hub: answered", "release of Trivy 0.74.0: answered"]);
    expect([room.requests, room.builds]).toEqual([[], []]);
  });

  test("takes what this machine can make where nothing answers, and says so", async () => {
    const room = roomWith("");
    const changes = await room.decide();
    const directory = directoryOf(changes);
    expect(readdirSync(directory).sort()).toEqual([
      "artefacts.json",
      "debian-trixie.tar",
      "sample-database.tar.gz",
      "trivy_0.74.0_Linux-64bit.tar.gz",
    ]);
    expect(changes).toEqual(
      new Map([
        ["local.baseImage", BASE_IMAGE],
        ["images.base", "debian"],
        ["trivy.database", "baked"],
        ["artefacts.directory", directory],
        ["trivy.archive", "trivy_0.74.0_Linux-64bit.tar.gz"],
        ["trivy.sha256", expect.stringMatching(/^[0-9a-f]{64}$/)],
        ["trivy.databaseArchive", "sample-database.tar.gz"],
        ["trivy.databaseSha256", expect.stringMatching(/^[0-9a-f]{64}$/)],
      ]),
    );
    expect(room.said.slice(-2)).toEqual([
      expect.stringMatching(/^air-gapped: the lesson's images .*Pulumi\.dev\.yaml$/),
      expect.stringMatching(/^air-gapped: Trivy is built on this machine, .* is a sample; .*Pulumi\.dev\.yaml$/),
    ]);
  });

  test("takes Trivy's release where only Docker Hub is silent, and the other way round", async () => {
    const silentHub = await roomWith("").decide({ release: true });
    expect([...silentHub.keys()]).toEqual(["local.baseImage", "images.base", "trivy.database", "artefacts.directory"]);
    expect(silentHub.get("trivy.database")).toBe("registry");
    expect(readdirSync(directoryOf(silentHub)).sort()).toEqual(["artefacts.json", "debian-trixie.tar"]);
    const silentRelease = await roomWith("").decide({ hub: true });
    expect([silentRelease.get("images.base"), silentRelease.get("trivy.database")]).toEqual(["lesson", "baked"]);
    expect(readdirSync(directoryOf(silentRelease))).not.toContain("debian-trixie.tar");
  });

  test("builds Trivy only when the Pulumi engine's own build is over", async () => {
    const room = roomWith("config:\n  lab-nodes:images:\n    base: lesson\n");
    let built: readonly string[] = ["never looked"];
    const engineFound = new Promise<void>((resolve) => {
      setTimeout(() => {
        built = room.builds;
        resolve();
      }, 300);
    });
    await room.decide({ engineFound });
    expect([built, room.builds]).toEqual([[], ["linux/amd64 jsonv2 trivy", "/ jsonv2 sample-database"]]);
  });

  test("is told what to do where the folder of artefacts is its user's", async () => {
    const room = roomWith("config:\n  lab-nodes:artefacts:\n    directory: /srv/artefacts\n");
    await expect(room.decide()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("your artefacts.directory, /srv/artefacts"),
      hint: expect.stringContaining("trivy.archive"),
    });
    expect(room.builds).toEqual([]);
  });
});

describe("a stack that was decided for", () => {
  test.each([
    ["images:\n    base: lesson", "trivy:\n    database: registry"],
    ["images:\n    base: debian", "trivy:\n    databaseRepositories: example.org/db"],
    ["local:\n    baseImage: example.org/debian:12", `trivy:\n    archive: trivy.tgz\n    sha256: ${"a".repeat(64)}`],
  ])("stays with it, without a look at the network or the Engine: %j, %j", async (images, trivy) => {
    const room = roomWith(
      `config:\n  lab-nodes:${images}\n  lab-nodes:${trivy}\n  lab-nodes:artefacts:\n    directory: /srv\n`,
    );
    expect(await room.decide()).toEqual(new Map());
    expect([room.said, room.requests, room.asked]).toEqual([[], [], []]);
  });

  test("takes a release of Debian that it names from this machine, and the lesson's images with it", async () => {
    const room = roomWith("config:\n  lab-nodes:local:\n    baseImage: lab-nodes/base:bookworm\n");
    const changes = await room.decide({ release: true });
    expect([...changes.keys()]).toEqual(["images.base", "trivy.database", "artefacts.directory"]);
    expect(changes.get("images.base")).toBe("debian");
    expect(room.requests[0]).toBe("GET /images/lab-nodes/base:bookworm/json");
    expect(readdirSync(directoryOf(changes))).toContain("debian-trixie.tar");
    expect(room.asked).toEqual(["release"]);
  });

  test("has Debian 13 for the images that a registry delivers, also on machines of Debian 12", async () => {
    const room = roomWith(
      "config:\n  lab-nodes:local:\n    baseImage: lab-nodes/base:bookworm\n  lab-nodes:images:\n    base: debian\n    delivery: registry\n",
    );
    await room.decide({ release: true });
    const asked = ["bookworm", "trixie"].map((release) => `GET /images/lab-nodes/base:${release}/json`);
    expect(room.requests).toEqual(asked);
  });

  test("gets the lesson's base image of today beside what an earlier version made", async () => {
    const room = roomWith("");
    const before = await room.decideAndKeep();
    const [folder, old] = [directoryOf(before), "debian-bookworm.tar"];
    renameSync(join(folder, "debian-trixie.tar"), join(folder, old));
    const record = join(folder, "artefacts.json");
    writeFileSync(record, readFileSync(record, "utf8").replace("debian-trixie.tar", old));
    const after = directoryOf(await room.decideAndKeep());
    expect(readdirSync(after)).toEqual(expect.arrayContaining(["debian-trixie.tar", "sample-database.tar.gz"]));
    expect(await room.decide()).toEqual(new Map());
  });

  test("asks for what is left open alone", async () => {
    const room = roomWith("config:\n  lab-nodes:images:\n    base: debian\n");
    expect(await room.decide({ release: true })).toEqual(new Map([["trivy.database", "registry"]]));
    expect(room.asked).toEqual(["release"]);
  });

  test("is left alone by later runs, which build, link and ask nothing", async () => {
    const room = roomWith("");
    const directory = directoryOf(await room.decideAndKeep());
    const builds = room.builds.length;
    // Were it looked for, it would be missed.
    rmSync(join(room.folder, "lab-nodes", "packed"), { recursive: true });
    expect(await room.decide()).toEqual(new Map());
    expect([room.builds.length, room.asked]).toEqual([builds, ["hub", "release"]]);
    expect(room.requests).toEqual([`GET /images/${BASE_IMAGE}/json`]);
    expect(readdirSync(directory)).toContain("debian-trixie.tar");
  });

  test.each([
    ["the folder", (directory: string) => rmSync(directory, { recursive: true })],
    ["a file", (directory: string) => rmSync(join(directory, "sample-database.tar.gz"))],
  ])("gets back %s that was removed, under the same names", async (_, remove) => {
    const room = roomWith("");
    const changes = await room.decideAndKeep();
    const before = readFileSync(join(room.folder, "Pulumi.dev.yaml"), "utf8");
    remove(directoryOf(changes));
    await room.decideAndKeep();
    expect(readFileSync(join(room.folder, "Pulumi.dev.yaml"), "utf8")).toBe(before);
    expect(readdirSync(directoryOf(changes))).toEqual([
      "artefacts.json",
      "debian-trixie.tar",
      "sample-database.tar.gz",
      "trivy_0.74.0_Linux-64bit.tar.gz",
    ]);
    expect(room.said.join("\n")).not.toContain("nodes are replaced");
  });

  test("is told when Trivy comes back as another file", async () => {
    const room = roomWith("");
    const changes = await room.decideAndKeep();
    new StackConfig(room.folder, "dev").write(new Map([["trivy.sha256", "b".repeat(64)]]));
    rmSync(directoryOf(changes), { recursive: true });
    expect((await room.decide()).get("trivy.sha256")).toBe(changes.get("trivy.sha256"));
    expect(room.said.at(-1)).toContain("nodes are replaced");
  });

  test("keeps what it has when Trivy is added to it: the new folder has both", async () => {
    const room = roomWith("");
    const first = directoryOf(await room.decideAndKeep({ release: true }));
    room.settings = readFileSync(join(room.folder, "Pulumi.dev.yaml"), "utf8").replace(
      / {2}lab-nodes:trivy:\n.*\n/,
      "",
    );
    const second = directoryOf(await room.decide());
    expect(second).not.toBe(first);
    expect(readdirSync(second)).toContain("debian-trixie.tar");
    expect(room.asked).toEqual(["hub", "release", "release"]);
  });
});
