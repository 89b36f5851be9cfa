import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import tar from "tar-fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  BASE_IMAGE,
  ensureBaseArchive,
  ensureBaseImage,
  renameInIndex,
  renameInManifest,
} from "../../../../adapters/docker/base-image";
import { RecordingReporter } from "../pulumi/find-engine-support";

let folder: string;
let server: Server;
let imageId: string;
let saves: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "base-image-"));
  imageId = "sha256:one";
  saves = 0;
  mkdirSync(join(folder, "image"));
  writeFileSync(join(folder, "image/manifest.json"), JSON.stringify([{ Config: "c.json", RepoTags: [BASE_IMAGE] }]));
  writeFileSync(join(folder, "image/repositories"), "{}");
  writeFileSync(join(folder, "image/c.json"), "the config");
  // Enough of a Docker Engine: it has the image, and saves it.
  server = createServer((request, response) => {
    if (request.url?.endsWith("/json")) {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ Id: imageId }));
    } else if (request.url?.endsWith("/get")) {
      saves += 1;
      tar.pack(join(folder, "image")).pipe(response);
    }
  }).listen(join(folder, "docker.sock"));
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({
  host: `unix://${folder}/docker.sock`,
  programDirectory: folder,
  environment: { XDG_CACHE_HOME: join(folder, "cache") },
  reporter: new RecordingReporter(),
});

const ensure = () => ensureBaseArchive(options());

describe("the archive of the base image", () => {
  it("carries the name that nodes know it by, and all else unchanged", async () => {
    const archived = await ensure();
    expect([archived.name, archived.identity]).toEqual(["debian-trixie.tar", "sha256:one"]);
    const unpacked = join(folder, "unpacked");
    const archive = readFileSync(archived.path);
    await pipeline([archive], tar.extract(unpacked));
    expect(JSON.parse(readFileSync(join(unpacked, "manifest.json"), "utf8"))).toEqual([
      { Config: "c.json", RepoTags: ["debian:trixie"] },
    ]);
    expect(readFileSync(join(unpacked, "c.json"), "utf8")).toBe("the config");
  });

  it("is saved once, and again only when the image is another or the file is cut off", async () => {
    const archived = await ensure();
    expect(await ensure()).toEqual(archived);
    expect(saves).toBe(1);
    imageId = "sha256:two";
    expect((await ensure()).identity).toBe("sha256:two");
    expect(saves).toBe(2);
    truncateSync(archived.path, 10);
    await ensure();
    expect(saves).toBe(3);
  });

  it("is not saved for those who need the image alone", async () => {
    expect(await ensureBaseImage(options())).toBe("sha256:one");
    expect(saves).toBe(0);
  });
});

describe("the names in an archive", () => {
  it("change in manifest.json, which must be of one image", () => {
    expect(JSON.parse(renameInManifest('[{"Config":"c","RepoTags":null}]', "debian:bookworm"))).toEqual([
      { Config: "c", RepoTags: ["debian:bookworm"] },
    ]);
    expect(() => renameInManifest('[{"RepoTags":[]},{"RepoTags":[]}]', "a:b")).toThrow();
  });

  it("change in the index.json of newer Engines, in full", () => {
    const index = { schemaVersion: 2, manifests: [{ digest: "sha256:d", annotations: { other: "kept" } }] };
    expect(JSON.parse(renameInIndex(JSON.stringify(index), "debian:bookworm"))).toEqual({
      schemaVersion: 2,
      manifests: [
        {
          digest: "sha256:d",
          annotations: {
            other: "kept",
            "io.containerd.image.name": "docker.io/library/debian:bookworm",
            "org.opencontainers.image.ref.name": "bookworm",
          },
        },
      ],
    });
  });
});
