import { escapeControls } from "../../core/safe-output";

/**
 * Runs work that a browser, a node or a timer starts, and reports what it throws or rejects with. An uncaught exception would
 * end the portal for the whole class.
 *
 * @param subject name of the work, for the report.
 * @param onFailure closes the connection after a failure.
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

/** Prints an unexpected error on the operator's terminal. */
export function reportFailure(subject: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // Paths and errors may contain control characters from browsers and nodes.
  console.error(escapeControls(`portal: ${subject}: ${text}`));
}

/** The data of a JSON text; undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
