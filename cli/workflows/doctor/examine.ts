import { stackFlag } from "../../../adapters/pulumi/operation";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { problemText } from "../../../core/aws/preflight";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { Finding } from "./render";

/** Looks at everything that decides whether a class would come up. Makes nothing. */
export function examine(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  return config.target === "aws" ? examineClassAtAws(context, config) : examineClassHere(context, config);
}

/** Each loaded for its own target alone: a local lab needs none of AWS's clients. */
function examineClassAtAws(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  const { examineAws } = require("./examine-aws") as typeof import("./examine-aws");
  return examineAws(context, config);
}

function examineClassHere(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  const { examineLocal } = require("./examine-local") as typeof import("./examine-local");
  return examineLocal(context, config);
}

/**
 * What `lab doctor` looks at, before anything is made at AWS: throws one error with all that is bad, exit code 2, tells what is
 * worth knowing, and what the class costs. `look` asks AWS.
 */
export async function requireGoodAws(context: CommandContext, config: LabConfig, look = examine): Promise<void> {
  const { reporter, options } = context;
  const findings = await reporter.task("Asking AWS about this class", () => look(context, config));
  const texts = (verdict: Finding["verdict"]) => findings.filter((one) => one.verdict === verdict).map(problemText);
  const bad = texts("bad");
  if (bad.length > 0) {
    throw new LabError(configErrorText(bad), {
      exitCode: 2,
      hint: `Nothing was made. Run ./lab doctor${stackFlag(options.stack)} for the full report.`,
    });
  }
  for (const text of texts("warning")) {
    reporter.warn(text);
  }
  for (const { subject, text, advice } of findings.filter((one) => one.subject === "cost")) {
    reporter.info(`${subject}: ${[text, advice].filter((part) => part !== undefined).join("; ")}`);
  }
}
