/** Bundles `lab` into one file: `npm run build`. `./lab` does this when a source is newer than the bundle. */
import { bundle } from "./bundle.mjs";

try {
  await bundle("cli/main.ts", "lab.cjs");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
