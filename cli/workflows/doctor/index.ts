import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import { problemText } from "../../../core/aws/preflight";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { wantedConfig } from "../configure/wanted-config";
import { type Finding, isHealthy, renderFindings } from "./render";

/** Reports whether a class with these settings would come up; creates and saves nothing. Returns the exit code. */
export async function doctor(context: CommandContext, changes: ConfigChanges): Promise<number> {
  const { options, runtime } = context;
  const config = wantedConfig(new StackConfig(runtime.programDirectory, options.stack), changes);
  const findings = await examine(context, config);
  const healthy = isHealthy(findings);
  const { target, seats } = config;
  const what = `A lab "${options.stack}" of ${seats} ${seats === 1 ? "seat" : "seats"} (${target})`;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ stack: options.stack, target, seats, healthy, findings }, null, 2)}\n`
      : renderFindings(what, findings, runtime.stdout.columns),
  );
  return healthy ? 0 : 1;
}

/** Checks everything that decides whether a class would come up. Each target loads its own checks: a local lab needs no AWS clients. */
export function examine(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  if (config.target === "aws") {
    const { examineAws } = require("./examine-aws") as typeof import("./examine-aws");
    return examineAws(context, config);
  }
  const { examineLocal } = require("./examine-local") as typeof import("./examine-local");
  return examineLocal(context, config);
}

/**
 * The checks of `lab doctor` before anything is created at AWS. Throws one error with everything bad, exit code 2; reports
 * warnings and the cost. Tests replace `check`.
 */
export async function requireGoodAws(context: CommandContext, config: LabConfig, check = examine): Promise<void> {
  const { reporter, options } = context;
  const findings = await reporter.task("Asking AWS about this class", () => check(context, config));
  const texts = (verdict: Finding["verdict"]) => findings.filter((one) => one.verdict === verdict).map(problemText);
  const problems = texts("bad");
  if (problems.length > 0) {
    throw new LabError(configErrorText(problems), {
      exitCode: 2,
      hint: `Nothing was made. Run ./lab doctor${stackFlag(options.stack)} for the full report.`,
    });
  }
  for (const text of texts("warning")) {
    reporter.warn(text);
  }
  for (const { subject, text, advice } of findings.filter((one) => one.subject === "cost")) {
    reporter.info(`${subject}: ${advice === undefined ? text : `${text}; ${advice}`}`);
  }
}
