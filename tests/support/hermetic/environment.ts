import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Variables that a test file keeps: where programs are, and what vitest needs. Children inherit the same few. */
const KEPT = /^(?:PATH|NODE_ENV|NODE_V8_COVERAGE|TEST|DEV|PROD|MODE|SSR|BASE_URL|VITEST(?:_.*)?)$/;

/** Where the folders of all test files are made. Short: the path of a unix socket has at most 107 bytes. */
const ROOT = "/tmp";

/** The environment of a test file. */
export interface TestEnvironment {
  /** Removes its folders. Gives the names that tests left in the home folder, which no test has business in. */
  remove(): string[];
}

/**
 * Replaces the environment of this process: no setting, login, proxy, agent or language of the machine is left, `HOME` is
 * an empty folder, `TMPDIR` one of this test file, and the time zone UTC.
 */
export function cleanEnvironment(): TestEnvironment {
  const folder = mkdtempSync(join(ROOT, "lab-unit-"));
  const home = join(folder, "home");
  const temporary = join(folder, "tmp");
  mkdirSync(home);
  mkdirSync(temporary);
  for (const name of Object.keys(process.env).filter((name) => !KEPT.test(name))) {
    delete process.env[name];
  }
  Object.assign(process.env, { HOME: home, TMPDIR: temporary, TZ: "UTC", LANG: "C.UTF-8" });
  return {
    remove() {
      const written = readdirSync(home);
      rmSync(folder, { recursive: true, force: true });
      return written;
    },
  };
}
