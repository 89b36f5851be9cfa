import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { DEFAULT_DOCKER_HOST } from "../../adapters/docker/client";
import { readDockerEngine } from "../../adapters/docker/engine";
import { StackConfig } from "../../adapters/pulumi/stack-config";
import { bridgeAddress } from "../../components/machines/local/mirror";
import { settingAt } from "../../config/settings";
import { isUrl } from "../../config/values/artefacts";
import lock from "../../lab.lock.json";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

/** Where a clone's Trivy and its base images come from. Online the clone has no settings for it: the release is what is pinned. */
export interface Supply {
  readonly config: StackConfig;
  readonly archive: string;
  readonly sha256: string;
  /** Folder of artefacts, empty where nothing had to be made. */
  readonly directory: string | undefined;
}

/** A clone whose settings are decided and whose artefacts are there, before its first machine. */
export async function suppliedClone(): Promise<{ lab: LabClone; supply: Supply }> {
  const lab = await makeLabClone();
  expectSuccess(await lab.lab("preview", "--ssh-port", String(lab.sshPort)));
  const config = new StackConfig(lab.directory, lab.stack);
  const setting = (name: string) => {
    const value = settingAt(config.read(), name);
    return typeof value === "string" ? value : undefined;
  };
  const { platform } = await readDockerEngine(lab.environment["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST);
  const pinned = lock.trivy.archives[platform];
  return {
    lab,
    supply: {
      config,
      archive: setting("trivy.archive") ?? pinned.url,
      sha256: setting("trivy.sha256") ?? pinned.sha256,
      directory: setting("artefacts.directory"),
    },
  };
}

/** A folder of artefacts for the running test, with all that the lab has in its own. */
export function classFolder({ directory }: Supply): string {
  const folder = mkdtempSync(join(tmpdir(), "lab-class-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of directory === undefined ? [] : readdirSync(directory)) {
    linkOrCopy(join(directory ?? "", name), join(folder, name));
  }
  return folder;
}

/** The caches may be on another disk than the temporary folder, and a class's artefacts are 200 MB. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** A database as Trivy had it years ago. */
export function oldDatabase(folder: string): { name: string; sha256: string } {
  const name = "old-database.tar.gz";
  writeFileSync(join(folder, "trivy.db"), "advisories");
  writeFileSync(join(folder, "metadata.json"), '{"Version":1,"UpdatedAt":"2021-01-01T00:00:00Z"}');
  execFileSync("tar", ["-czf", join(folder, name), "-C", folder, "trivy.db", "metadata.json"]);
  return {
    name,
    sha256: createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex"),
  };
}

/** The archive as a file of this machine. */
export async function fileOf({ archive, directory }: Supply): Promise<string> {
  if (!isUrl(archive)) {
    return join(directory ?? "", archive);
  }
  const folder = mkdtempSync(join(tmpdir(), "lab-archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "trivy.tar.gz");
  writeFileSync(file, Buffer.from(await (await fetch(archive)).arrayBuffer()));
  return file;
}

/** A place on the web that nodes can reach, where nobody listens until there is something to serve. */
export async function openMirror({ environment }: LabClone) {
  const gateway = await bridgeAddress({ host: environment["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST });
  expect(gateway).toBeDefined();
  let server: Server | undefined;
  const listen = (content: Buffer, port: number) =>
    new Promise<number>((resolve) => {
      server = createServer((_, response) => response.end(content));
      server.listen(port, "0.0.0.0", () => {
        const address = server?.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  const close = () => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  onTestFinished(async () => {
    await close();
  });
  const port = await listen(Buffer.alloc(0), 0);
  await close();
  return {
    url: `http://${gateway}:${port}/trivy.tar.gz`,
    serve: async (content: Buffer) => {
      await close();
      await listen(content, port);
    },
  };
}
