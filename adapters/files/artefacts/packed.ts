import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../../core/errors";
import type { Platform } from "../../../core/machine";
import type { Reporter } from "../../../core/reporter";
import { ensureGoProgram, goProgramFolder } from "../../pulumi/engine/toolchain/build";
import type { GoProgram } from "../../pulumi/engine/toolchain/go-program";
import { cacheDirectory } from "../cache-directory";
import { runOrThrow } from "../run-program";
import { type Artefact, artefactsIn, makeArtefact } from "./artefact";
import { packArchive, sha256Of } from "./pack";
import { moveTrivyModule, sampleDatabaseProgram, trivyModuleVersion, trivyProgram } from "./programs";

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
