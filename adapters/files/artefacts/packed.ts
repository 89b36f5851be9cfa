import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
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

// Any day but the first of 1970, which tar warns about.
const DAY = new Date("2020-01-01T00:00:00Z");

/** Offset of the byte for the operating system in a gzip header, and its value for "unknown". */
const SYSTEM = { offset: 9, unknown: 255 };

/** Contents of an archive. */
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
      // Independent of this machine's umask.
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

/** An archive of files that come from one program, which is built here. */
interface Packed extends Omit<Contents, "folder"> {
  readonly name: string;
  readonly program: GoProgram;
  /** Gives the folder with the files; it may create them in the empty one. */
  provide(executable: string, empty: string): Promise<string>;
}

/** Both programs use encoding/json/v2, which Go has behind this switch. */
const JSON_V2 = { GOEXPERIMENT: "jsonv2" };

/** Go's name of a node's architecture. */
const ARCHITECTURES: Readonly<Record<Platform, string>> = { "linux/amd64": "amd64", "linux/arm64": "arm64" };

/** The name that Trivy's release archives have. */
export const RELEASE_NAMES: Readonly<Record<Platform, string>> = {
  "linux/amd64": "Linux-64bit",
  "linux/arm64": "Linux-ARM64",
};

/** Folder of a Go module, from the clone's top folder. */
const [TRIVY_MODULE, DATABASE_MODULE] = ["airgap/toolchain/trivy", "airgap/toolchain/sample-database"];

const TRIVY_PACKAGE = "github.com/aquasecurity/trivy";

/** The version of Trivy that its Go module pins, without the "v". */
export function trivyModuleVersion(programDirectory: string): string | undefined {
  const text = readFileSync(join(programDirectory, TRIVY_MODULE, "go.mod"), "utf8");
  return /^require github\.com\/aquasecurity\/trivy v(\S+)$/m.exec(text)?.[1];
}

/** The command that makes Trivy's Go module pin another version. */
export function moveTrivyModule(version: string): string {
  return `(cd ${TRIVY_MODULE} && GOEXPERIMENT=jsonv2 go get -tool ${TRIVY_PACKAGE}/cmd/trivy@v${version})`;
}

/** Trivy, built here and packed as its release is: minutes on the first call. Its identity is its SHA-256 sum. */
export async function ensureTrivyArchive(version: string, platform: Platform, options: PackOptions): Promise<Artefact> {
  const pinned = trivyModuleVersion(options.programDirectory);
  if (pinned !== version) {
    // It would be built under another version's name.
    throw new LabError(`lab.lock.json pins Trivy ${version}, and ${TRIVY_MODULE}/go.mod ${pinned}.`, {
      hint: moveTrivyModule(version),
    });
  }
  return await ensurePacked(options, {
    name: `trivy_${version}_${RELEASE_NAMES[platform]}.tar.gz`,
    files: ["trivy"],
    // Trivy's 168 MB, in seconds on a node for sum and unpacking: level 0 1.2, 1 1.3, 3 1.3, 6 1.2. It takes 3 s once, and
    // level 6 leaves 50 MB.
    level: 6,
    program: {
      name: "trivy",
      title: `Trivy ${version}`,
      module: join(options.programDirectory, TRIVY_MODULE),
      package: `${TRIVY_PACKAGE}/cmd/trivy`,
      linkerFlags: `-s -w -X ${TRIVY_PACKAGE}/pkg/version/app.ver=${version}`,
      variables: { ...JSON_V2, GOOS: "linux", GOARCH: ARCHITECTURES[platform] },
    },
    provide: async (executable) => dirname(executable),
  });
}

/** A sample of a vulnerability database, packed as the database's own archives are. Its identity is its SHA-256 sum. */
export function ensureSampleDatabase(options: PackOptions): Promise<Artefact> {
  return ensurePacked(options, {
    name: "sample-database.tar.gz",
    files: ["metadata.json", "trivy.db"],
    // It is small, and this makes its archive the same on every machine.
    level: 0,
    program: {
      name: "sample-database",
      title: "the program that writes the sample database",
      module: join(options.programDirectory, DATABASE_MODULE),
      package: ".",
      linkerFlags: "-s -w",
      variables: JSON_V2,
    },
    provide: async (executable, empty) => {
      await runOrThrow(executable, [empty], { environment: options.environment });
      return empty;
    },
  });
}

async function ensurePacked(options: PackOptions, { name, files, level, program, provide }: Packed): Promise<Artefact> {
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
