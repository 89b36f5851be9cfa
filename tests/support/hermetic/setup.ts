import { afterAll, afterEach } from "vitest";
import { cleanEnvironment } from "./environment";
import { guardSockets, takeViolations } from "./sockets";

/**
 * Setup of the projects `unit` and `component`: a test file sees nothing of the machine it runs on. It gets an empty home
 * folder, a folder of its own for temporary files and a short list of environment variables, UTC, and no socket but those
 * it opened itself. A test that reaches for more fails, also where the code under test hides the error.
 */
const environment = cleanEnvironment();
guardSockets();

afterEach(failOnViolations);

afterAll(() => {
  const written = environment.remove();
  failOnViolations();
  if (written.length > 0) {
    throw new Error(
      `these tests wrote into the home folder: ${written.join(", ")}; give the code a folder of the test`,
    );
  }
});

function failOnViolations(): void {
  const violations = takeViolations();
  if (violations.length > 0) {
    throw new Error(`this test is not hermetic:\n${violations.map((violation) => `  - ${violation}`).join("\n")}`);
  }
}
