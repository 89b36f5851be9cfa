/** A text to convert to a page of a lesson. */
export interface SourcePage {
  /** The file, and the part of it if a file has several. */
  readonly file: string;
  /** The line of that file on which `markdown` begins. */
  readonly line: number;
  /** @default - the page's first heading */
  readonly title?: string;
  readonly markdown: string;
}

/** A check of HobbyFarm: a command and its expected result. */
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
