import { stackFlag } from "../../../adapters/pulumi/operation";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { problemText } from "../../../core/aws/preflight";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { examine } from "./examine";
import type { Finding } from "./finding";

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
