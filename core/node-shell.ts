/** What became of one command. */
export interface CommandResult {
  /** 124 when it was stopped because it took longer than allowed, 123 because it wrote more than allowed. */
  readonly exitCode: number;
  /**
   * Standard output and standard error in the order in which they came, terminal codes and all. Of a command that was
   * stopped: what came until then, and a last line that says so.
   */
  readonly output: string;
  readonly seconds: number;
}

/** A node that commands can be run on. Every failure to reach it is thrown; a command that fails is a result. */
export interface NodeShell {
  /** Runs bash commands. */
  run(command: string, options?: RunOptions): Promise<CommandResult>;
  /** Starts an interactive program on a terminal and waits until it asks for its first line, or ends. */
  open(command: string, options: SessionOptions): Promise<NodeSession>;
  /** Writes a text file; a relative path is relative to `directory`. */
  write(path: string, content: string, options?: RunOptions): Promise<void>;
}

export interface RunOptions {
  /** Folder to run in. @default - the user's home */
  readonly directory?: string;
  /** Added to the environment of the user's login. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it writes to a terminal, as the student has it, or to a pipe. @default pipe */
  readonly output?: "terminal" | "pipe";
  /** @default 120 */
  readonly timeoutSeconds?: number;
  /** How much it may write; it is stopped when it writes more. @default 1 MiB */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
}

export interface SessionOptions extends RunOptions {
  /** Matches the last line shown when the program waits for input, without the spaces at its end. */
  readonly prompt: { test(line: string): boolean };
}

/** What an interactive program showed until it asked for the next line, or ended. */
export interface SessionReply {
  /** Without the echo of what was typed and without the prompt. */
  readonly output: string;
  readonly seconds: number;
  /** Given when the program has ended; 124 or 123 when it was stopped because it took longer or wrote more than allowed. */
  readonly exitCode?: number;
}

/** An interactive program at work. */
export interface NodeSession {
  /** What it showed before it asked for its first line. */
  readonly greeting: SessionReply;
  type(line: string): Promise<SessionReply>;
  /** Ends it by hanging up; nothing happens when it has ended. */
  close(): void;
}
