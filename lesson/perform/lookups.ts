import type { NodeShell, RunOptions } from "../../core/node-shell";
import { shownOnTerminal } from "../../core/terminal-text";
import { describeOutput } from "../evaluate";
import { escapePattern } from "../names";
import type { Check, CommandTask } from "../types";

/** Values of names in angle brackets. */
export type FoundValues = Readonly<Record<string, string>>;

/** A value cannot be found. */
export class LookupFailure extends Error {
  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(found);
  }
}

/** Finds values that a student would read off the screen. */
export async function lookUp(
  shell: NodeShell,
  lookups: CommandTask["lookups"],
  options: RunOptions,
): Promise<FoundValues> {
  const values: Record<string, string> = {};
  for (const [name, { command }] of Object.entries(lookups ?? {})) {
    const { output } = await shell.run(command, options);
    const value = shownOnTerminal(output).trim();
    // Restricted, because it becomes part of commands and patterns.
    if (!/^[A-Za-z0-9:._-]{1,200}$/.test(value)) {
      throw new LookupFailure(`a value for <${name}> from: ${command}`, describeOutput(value));
    }
    values[name] = value;
  }
  return values;
}

/** The command with values in place of names. */
export function fillIn(text: string, values: FoundValues): string {
  return replaceNames(text, values, (value) => value);
}

/** The checks with values in place of names. */
export function fillInChecks(checks: readonly Check[], values: FoundValues): Check[] {
  const patterns = (list: readonly string[]) => list.map((pattern) => replaceNames(pattern, values, escapePattern));
  return checks.map((check) => ({
    ...check,
    ...(check.contains === undefined ? {} : { contains: check.contains.map((text) => fillIn(text, values)) }),
    ...(check.matches === undefined ? {} : { matches: patterns(check.matches) }),
    ...(check.lacks === undefined ? {} : { lacks: patterns(check.lacks) }),
  }));
}

function replaceNames(text: string, values: FoundValues, render: (value: string) => string): string {
  return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`<${name}>`, render(value)), text);
}
