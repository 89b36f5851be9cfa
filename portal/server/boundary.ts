/**
 * Runs work that a browser, a node or a timer starts. Whatever it throws, at once or later, is reported and ends there: it
 * never reaches Node.js as an uncaught exception, which would end the portal for the whole class.
 *
 * @param subject what is at work, for the report.
 * @param onFailure what to close then.
 */
export function contain(subject: string, work: () => unknown, onFailure: () => void = () => {}): void {
  const fail = (error: unknown) => {
    reportFailure(subject, error);
    onFailure();
  };
  try {
    Promise.resolve(work()).catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** Reports an unexpected error to whoever runs the portal. */
export function reportFailure(subject: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(printable(`portal: ${subject}: ${text}`));
}

/** Paths and errors quote what browsers and nodes sent: control characters must not reach the operator's terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, (character) => JSON.stringify(character).slice(1, -1));
}
