import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../../../adapters/files/own-machine";
import { findOnPath, isExecutable, ProgramError, runOrThrow } from "../../../adapters/files/programs";
import { makeOnce } from "../../../adapters/pulumi/engine/toolchain/make-once";
import { LabError } from "../../../core/errors";

const REQUIREMENTS = join(__dirname, "requirements.txt");

const MINIMUM_PYTHON = [3, 11] as const;

/** Path of a Python that has the packages of requirements.txt; made in the user's cache on the first call, or not at all. */
export async function ensurePython(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const base = await findOnPath("python3", environment);
  if (base === undefined) {
    throw noPython("python3 is not on PATH", "sudo apt-get install -y python3 python3-venv");
  }
  const version = await pythonVersion(base, environment);
  const key = createHash("sha256")
    .update(`${base} ${version}\n`)
    .update(await readFile(REQUIREMENTS))
    .digest("hex");
  const folder = join(cacheDirectory(environment), "aws-emulator", key.slice(0, 16));
  // Through the folder's final name: a virtual environment may be moved as long as nobody calls its scripts.
  const python = join(folder, "bin", "python");
  if (!(await isExecutable(python))) {
    await makeOnce(folder, (partial) => install(base, partial, environment));
  }
  return python;
}

async function pythonVersion(python: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await runOrThrow(python, ["-c", "import platform; print(platform.python_version())"], {
    environment,
  });
  const version = stdout.trim();
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major !== MINIMUM_PYTHON[0] || minor < MINIMUM_PYTHON[1]) {
    throw noPython(`${python} is Python ${version}`, `Put Python ${MINIMUM_PYTHON.join(".")} or newer first on PATH`);
  }
  return version;
}

async function install(base: string, partial: string, environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await runOrThrow(base, ["-m", "venv", partial], { environment });
  } catch (error) {
    throw noPython(`python3 -m venv failed:\n${tailOf(error)}`, "sudo apt-get install -y python3-venv", error);
  }
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--no-deps",
    "--require-hashes",
  ];
  try {
    await runOrThrow(join(partial, "bin", "python"), [...pip, "--requirement", REQUIREMENTS], { environment });
  } catch (error) {
    throw noPython(`pip could not install its packages:\n${tailOf(error)}`, "pip config list", error);
  }
}

function tailOf(error: unknown): string {
  return error instanceof ProgramError ? error.tail(8) : String(error);
}

function noPython(detail: string, hint: string, cause?: unknown): LabError {
  const needs = `The AWS emulator needs Python ${MINIMUM_PYTHON.join(".")} or newer with its venv module; ${detail}`;
  return new LabError(`${needs}\nTry: ${hint}`, { hint, ...(cause === undefined ? {} : { cause }) });
}
