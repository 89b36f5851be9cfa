import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import tar from "tar-fs";
import type { Reporter } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Platform } from "../../../core/machine";
import { ensureGoProgram, type GoProgram, goProgramFolder } from "../../pulumi/engine/toolchain/build";
import { cacheDirectory } from "../own-machine";
import { runOrThrow } from "../programs";
import { type Artefact, artefactsIn, makeArtefact } from "./folder";
import { moveTrivyModule, sampleDatabaseProgram, trivyModuleVersion, trivyProgram } from "./programs";

// Any day will do but the first of 1970, of which tar complains.
const DAY = new Date("2020-01-01T00:00:00Z");

/** Place of a gzip header's byte that names the operating system, and its value for "unknown". */
const SYSTEM = { offset: 9, unknown: 255 };

/** What goes into an archive. */
export interface Contents {
  readonly folder: string;
  /** Names of the files, in order. */
  readonly files: readonly string[];
  /** Level of gzip, from 0. Compressors of other machines may give other bytes; at level 0 they have nothing to do. */
  readonly level: number;
}

/** Packs files into a .tar.gz that is the same wherever and whenever the files are. */
export async function packArchive({ folder, files, level }: Contents, archive: string): Promise<void> {
  const packed = tar.pack(folder, {
    entries: [...files],
    map: (header) => ({
      ...header,
      // Whatever this machine's umask made of it.
      mode: (header.mode ?? 0) & 0o100 ? 0o755 : 0o644,
      mtime: DAY,
      uid: 0,
      gid: 0,
      uname: "root",
      gname: "root",
    }),
  });
  await pipeline(packed, createGzip({ level }), createWriteStream(archive, { mode: 0o644 }));
  const file = await open(archive, "r+");
  try {
    await file.write(Uint8Array.of(SYSTEM.unknown), 0, 1, SYSTEM.offset);
  } finally {
    await file.close();
  }
}

/** SHA-256 sum of a file. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

export interface PackOptions {
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/**
 * Levels of gzip. Trivy's 168 MB, in seconds on a node for sum and unpacking: level 0 1.2, 1 1.3, 3 1.3, 6 1.2. It costs
 * 3 s once, and level 6 leaves 50 MB. The database is small, and its archive the same on every machine.
 */
const LEVELS = { trivy: 6, database: 0 };

/** The name that Trivy's release archives have. */
export const RELEASE_NAMES: Readonly<Record<Platform, string>> = {
  "linux/amd64": "Linux-64bit",
  "linux/arm64": "Linux-ARM64",
};

/** Trivy, built here and packed as its release is: minutes on the first call. Its identity is its SHA-256 sum. */
export async function ensureTrivyArchive(version: string, platform: Platform, options: PackOptions): Promise<Artefact> {
  const pinned = trivyModuleVersion(options.programDirectory);
  if (pinned !== version) {
    // It would be built all the same, under another version's name.
    throw new LabError(`lab.lock.json pins Trivy ${version}, and airgap/toolchain/trivy/go.mod ${pinned}.`, {
      hint: moveTrivyModule(version),
    });
  }
  const program = trivyProgram(options.programDirectory, version, platform);
  const name = `trivy_${version}_${RELEASE_NAMES[platform]}.tar.gz`;
  return await ensurePacked({ name, files: ["trivy"], level: LEVELS.trivy, program }, options, async (executable) =>
    dirname(executable),
  );
}

/** A sample of a vulnerability database, packed as the database's own archives are. Its identity is its SHA-256 sum. */
export function ensureSampleDatabase(options: PackOptions): Promise<Artefact> {
  const program = sampleDatabaseProgram(options.programDirectory);
  const packed = {
    name: "sample-database.tar.gz",
    files: ["metadata.json", "trivy.db"],
    level: LEVELS.database,
    program,
  };
  return ensurePacked(packed, options, async (executable, folder) => {
    await runOrThrow(executable, [folder], { environment: options.environment });
    return folder;
  });
}

interface Packed {
  readonly name: string;
  /** What is packed. */
  readonly files: readonly string[];
  readonly level: number;
  /** The program that all of it comes from. */
  readonly program: GoProgram;
}

async function ensurePacked(
  { name, files, level, program }: Packed,
  options: PackOptions,
  /** Gives the folder with the files; it may make them in the empty one it is given. */
  provide: (executable: string, empty: string) => Promise<string>,
): Promise<Artefact> {
  const key = basename(await goProgramFolder(program, options.environment));
  const folder = join(cacheDirectory(options.environment), "packed", `${key}-gzip${level}`);
  const [present] = (await artefactsIn(folder)) ?? [];
  if (present?.name === name) {
    return present;
  }
  const executable = await ensureGoProgram(program, options);
  return await options.reporter.task(`packing ${name}`, () =>
    makeArtefact(folder, name, async (archive) => {
      const empty = await mkdtemp(join(dirname(archive), ".files-"));
      await packArchive({ folder: await provide(executable, empty), files, level }, archive);
      await rm(empty, { recursive: true });
      return await sha256Of(archive);
    }),
  );
}
