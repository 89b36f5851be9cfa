import type { Reporter } from "../../core/command-context";
import { type System, thisSystem } from "../docker/local-engine/start";
import { installPackage } from "./apt-package";

/** Where Python and its tools are looked for. */
export interface PythonOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** Debian and Ubuntu have Python without what it takes to make a virtual environment. */
const CHECK = ["-c", "import ensurepip, venv"];

/**
 * A Python that can make virtual environments: the emulator of AWS, for tests, runs in one. Where there is none, and we
 * are root, it is installed (Debian, Ubuntu); in every other case the error says what to type.
 */
export async function ensurePythonEnvironments(
  { environment, reporter }: PythonOptions,
  system: System = thisSystem(environment),
): Promise<void> {
  if (await canMakeEnvironments(system)) {
    return;
  }
  const missing = {
    finding: "no Python that makes virtual environments is installed",
    package: "python3-venv",
    elsewhere: "Install Python 3.11 or newer with its venv module, as python3 on PATH, and run the same command again",
  };
  await installPackage(missing, system, reporter);
}

async function canMakeEnvironments(system: System): Promise<boolean> {
  try {
    await system.run("python3", CHECK, () => {});
    return true;
  } catch {
    return false;
  }
}
