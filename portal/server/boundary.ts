import { escapeControls } from "../../core/safe-output";

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
  // Paths and errors quote what browsers and nodes sent.
  console.error(escapeControls(`portal: ${subject}: ${text}`));
}
