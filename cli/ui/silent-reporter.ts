import type { Reporter } from "../../core/command-context";

/** Says nothing: for `--json`, where whoever reads is a program. */
export function silentReporter(): Reporter {
  return {
    task: (_title, work) => work(() => undefined),
    info: () => undefined,
    warn: () => undefined,
  };
}
