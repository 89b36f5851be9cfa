import { fileHas, type StudentCheck, typedInTerminal } from "../student-checks";
import type { Check, CommandTask, Lookup, SessionLine, SessionTask, Task } from "../types";
import type { Annotation, Expectation } from "./annotations";
import { withLookups } from "./hobbyfarm";
import type { Report } from "./problem";

/** A command to which annotations still add. */
interface DraftCommand extends CommandTask {
  exitCode?: number;
  readonly checks: Check[];
  readonly lookups: Record<string, Lookup>;
}

interface DraftSession extends SessionTask {
  readonly lines: (SessionLine & { readonly checks: Check[] })[];
}

/** Builds a step from its blocks, in order. Reports problems with their lines. */
export class StepBuilder {
  readonly #report: Report;
  readonly #tasks: Task[] = [];
  readonly #checks: StudentCheck[] = [];
  #text: string[] = [];
  #opening: string | undefined;
  #command: DraftCommand | undefined;
  #session: { readonly draft: DraftSession; readonly line: number } | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  addText(markdown: string): void {
    if (markdown.trim() !== "") {
      this.#text.push(`${markdown.trimEnd()}\n\n`);
    }
  }

  command(typed: string, line: number): void {
    const { command, lookups, unknown } = withLookups(typed);
    for (const mark of unknown) {
      this.#report(line, `${mark} cannot be replaced; the supported values are hostname and private_ip of node1`);
    }
    if (this.#session !== undefined) {
      this.#sessionLines(this.#session.draft, command, lookups, line);
      return;
    }
    this.#command = { kind: "command", text: this.#takeText(), command, checks: [], lookups };
    this.#tasks.push(this.#command);
  }

  file(path: string, language: string, content: string, line: number): void {
    if (this.#session !== undefined) {
      this.#report(line, "a file cannot be created in a session; move it before or after the session");
    }
    this.#command = undefined;
    this.#tasks.push({ kind: "file", text: this.#takeText(), path, language, content });
  }

  annotate({ name, value }: Annotation, line: number): void {
    switch (name) {
      case "expect":
        this.#expect(value, line);
        break;
      case "check":
        this.#check(value);
        break;
      case "lookup":
        this.#lookup(value, line);
        break;
      case "session":
        value === "end" ? this.#endSession(line) : this.#beginSession(value, line);
    }
  }

  /** The whole step. Its checks are those of the page, or else its files and commands. */
  finish() {
    if (this.#session !== undefined) {
      this.#report(this.#session.line, "this session has no end; add <!-- session: end --> after its last command");
    }
    const rest = this.#takeRest();
    const tasks: readonly Task[] = this.#tasks;
    const [text, closing] = this.#opening === undefined ? [rest, ""] : [this.#opening, rest];
    return { text, tasks, closing, checks: this.#checks.length > 0 ? this.#checks : checksOfWork(tasks) };
  }

  #sessionLines(session: DraftSession, typed: string, lookups: object, line: number): void {
    if (Object.keys(lookups).length > 0) {
      this.#report(line, "values of the machine are not replaced in a session");
    }
    for (const [index, one] of typed.split("\n").entries()) {
      session.lines.push({ text: index === 0 ? this.#takeText() : "", typed: one, checks: [] });
    }
  }

  #expect({ exit, ...sighting }: Expectation, line: number): void {
    const last = this.#session?.draft.lines.at(-1) ?? this.#command;
    if (last === undefined) {
      this.#report(line, "expect: there is no command before this comment");
      return;
    }
    last.checks.push(...checksOf(sighting));
    if (exit === undefined) {
      return;
    }
    if ("typed" in last) {
      this.#report(line, "exit: a line typed into a program has no exit code");
    } else {
      last.exitCode = exit;
    }
  }

  /** Checks the student's work. `lab verify` performs it as a proof, so that a wrong check is found before the class. */
  #check({ command, hint, exit = 0, ...sighting }: Extract<Annotation, { name: "check" }>["value"]): void {
    const checks = checksOf(sighting);
    const exitCode = { expected: sighting.see ?? `exit code ${exit}`, code: exit };
    this.#checks.push({ command, exitCode, checks, hint: hint ?? "Do what this step says, then check again." });
    this.#tasks.push({ kind: "proof", command, exitCode: exit, checks });
  }

  #lookup(lookups: Readonly<Record<string, { how: string; command: string }>>, line: number): void {
    const command = this.#command;
    if (command === undefined || this.#session !== undefined) {
      this.#report(line, "lookup: move this comment after the command with <names>, outside sessions");
      return;
    }
    for (const [name, lookup] of Object.entries(lookups)) {
      if (!command.command.includes(`<${name}>`)) {
        this.#report(line, `lookup: the command before this comment has no <${name}>`);
      }
      command.lookups[name] = { ...lookup, example: `<${name}>` };
    }
  }

  #beginSession(prompt: string, line: number): void {
    const command = this.#command;
    if (command === undefined || this.#session !== undefined) {
      this.#report(
        line,
        "session: move this comment after the command that opens the program; sessions cannot be nested",
      );
      return;
    }
    const draft: DraftSession = { kind: "session", text: command.text, open: command.command, prompt, lines: [] };
    this.#tasks.splice(this.#tasks.indexOf(command), 1, draft);
    this.#session = { draft, line };
    this.#command = undefined;
  }

  #endSession(line: number): void {
    if (this.#session === undefined || this.#session.draft.lines.length === 0) {
      this.#report(line, "session: move the end after the last command of the session");
    }
    this.#session = undefined;
  }

  /** The text before the first task opens the step, except its last block, which belongs to the task. */
  #takeText(): string {
    if (this.#opening !== undefined) {
      return this.#takeRest();
    }
    const lead = this.#text.pop() ?? "";
    this.#opening = this.#takeRest();
    return lead.trim();
  }

  #takeRest(): string {
    const text = this.#text.join("").trim();
    this.#text = [];
    return text;
  }
}

/** The check of an output; none if only an exit code is expected. */
function checksOf({ see, ...conditions }: Omit<Expectation, "exit">): Check[] {
  return Object.keys(conditions).length === 0 ? [] : [{ expected: see ?? describe(conditions), ...conditions }];
}

function describe({ contains, matches, lacks }: Omit<Expectation, "exit" | "see">): string {
  const quoted = (lead: string, texts: readonly string[] | undefined) =>
    texts === undefined ? [] : [`${lead}${texts.map((text) => `"${text}"`).join(" and ")}`];
  return [...quoted("", contains), ...quoted("something like ", matches), ...quoted("nothing like ", lacks)].join(", ");
}

/** Default checks: the files, and the commands typed in the portal's terminal. */
function checksOfWork(tasks: readonly Task[]): StudentCheck[] {
  return tasks.flatMap((task) => {
    switch (task.kind) {
      case "file":
        return [fileHas(task.path, task.content)];
      case "command":
        return [typedInTerminal(task.command.split("\n", 1)[0] ?? "", task.checks)];
      default:
        return [];
    }
  });
}
