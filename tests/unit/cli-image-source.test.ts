import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { archiveFolder, BASE_IMAGE } from "../../cli/docker-engine/base-image";
import { decideImageSource } from "../../cli/image-source";
import { StackConfig } from "../../cli/pulumi/stack-config";
import { wantedConfig } from "../../cli/wanted-config";
import { contextFor, recordedReporter, surroundingsIn, temporaryFolder } from "./cli-support";
import { type EngineAnswers, engineDouble } from "./docker-engine-double";

/** Decides for a stack with these settings, on an Engine that answers this. */
async function decide(
  settings: string,
  answers: EngineAnswers = {},
  folder = temporaryFolder(),
  beforehand: (host: string) => void = () => {},
) {
  writeFileSync(join(folder, "Pulumi.dev.yaml"), settings);
  const file = new StackConfig(folder, "dev");
  const engine = await engineDouble(answers);
  beforehand(engine.host);
  const { reporter, said } = recordedReporter();
  // Nothing of this machine's PATH: where a base image would be made, that fails at once.
  const context = contextFor(surroundingsIn(folder, environmentOf(folder)), "dev", reporter);
  const decision = decideImageSource(context, file, wantedConfig(file, new Map()), engine.host);
  return { decision, said, engine };
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
  return { PATH: folder, HOME: folder, XDG_CACHE_HOME: folder };
}

/** Puts an archive of the base image where an earlier run would have. */
function saveArchiveOf(imageId: string, folder: string, host: string): void {
  const archives = archiveFolder({ host, environment: environmentOf(folder) });
  mkdirSync(archives, { recursive: true });
  writeFileSync(join(archives, "debian-bookworm.tar"), "12345");
  writeFileSync(join(archives, "archive.json"), JSON.stringify({ imageId, bytes: 5 }));
}

describe("a stack whose images were not decided on", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("takes the lesson's images where Docker Hub answers, and keeps that", async () => {
    vi.stubGlobal("fetch", async () => new Response(null, { status: 401 }));
    const { decision, engine } = await decide("config:\n  lab-nodes:seats: 2\n");
    expect([await decision, engine.requests]).toEqual([new Map([["images.base", "lesson"]]), []]);
  });

  test("takes Debian and our own base image where it does not, and says so", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("fetch failed");
    });
    const folder = temporaryFolder();
    const answers = { [`/images/${BASE_IMAGE}/json`]: { Id: "sha256:base" } };
    const saved = (host: string) => saveArchiveOf("sha256:base", folder, host);
    const { decision, said, engine } = await decide("", answers, folder, saved);
    expect(await decision).toEqual(
      new Map([
        ["local.baseImage", BASE_IMAGE],
        ["images.base", "debian"],
        ["images.directory", archiveFolder({ host: engine.host, environment: environmentOf(folder) })],
      ]),
    );
    expect(said.at(-1)).toMatch(/^air-gapped: .*Pulumi\.dev\.yaml$/);
  });
});

describe("a stack whose images were decided on", () => {
  test.each([
    ["config:\n  lab-nodes:images:\n    base: lesson\n"],
    ["config:\n  lab-nodes:images:\n    base: debian\n"],
    ["config:\n  lab-nodes:local:\n    baseImage: example.org/debian:12\n"],
    ["config:\n  lab-nodes:images:\n    directory: /srv/images\n"],
  ])("stays with it, without a look at the network or the Engine: %j", async (settings) => {
    const { decision, said, engine } = await decide(settings);
    expect([await decision, said, engine.requests]).toEqual([new Map(), [], []]);
  });

  test("has its own base image made again when that is gone from the Engine", async () => {
    const { decision, engine } = await decide(
      "config:\n  lab-nodes:local:\n    baseImage: lab-nodes/base:bookworm\n  lab-nodes:images:\n    directory: /srv/images\n",
    );
    await expect(decision).rejects.toThrow();
    expect(engine.requests).toContain("GET /images/lab-nodes/base:bookworm/json");
  });
});
