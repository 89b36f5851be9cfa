/** A text of somebody's that becomes a page of a lesson. */
export interface SourcePage {
  /** The file as its author knows it, and which part of it, where one file has several. */
  readonly file: string;
  /** The line of that file on which `markdown` begins. */
  readonly line: number;
  /** @default - the page's first heading */
  readonly title?: string;
  readonly markdown: string;
}

/** A student's check of HobbyFarm: a command, and what has to come of it. */
export interface SourceTask {
  readonly node: string;
  readonly name: string;
  readonly command: string;
  readonly output: string | undefined;
  readonly isPattern: boolean;
  readonly exitCode: number | undefined;
}

/** A lesson as it was written for another program. */
export interface Source {
  readonly title: string | undefined;
  readonly pages: readonly SourcePage[];
  readonly tasks: readonly SourceTask[];
}
