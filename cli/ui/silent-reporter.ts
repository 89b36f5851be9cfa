import type { Reporter } from "../../core/reporter";

/** Says nothing: for `--json`, where whoever reads is a program. */
export function silentReporter(): Reporter {
  return {
    task: (_title, work) => work(() => undefined),
    info: () => undefined,
    warn: () => undefined,
  };
}
