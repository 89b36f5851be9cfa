import { existsSync } from "node:fs";
import { join } from "node:path";
import { cardsDirectory, portalDirectory, sshDirectory } from "../../../adapters/ssh/options";
import { shellQuote } from "../../../core/quoting";
import type { Leftover } from "./leftovers";

/**
 * Folders with a class's secrets that are there although nothing known of is to take them away. What writes the key files
 * removes them all.
 */
export function secretLeftovers(programDirectory: string, stack: string, known: ReadonlySet<string>): Leftover[] {
  if (known.has(sshDirectory(stack))) {
    return [];
  }
  const secrets = {
    "key folder": sshDirectory(stack),
    "folder of cards": cardsDirectory(stack),
    "portal's folder": portalDirectory(stack),
  };
  return Object.entries(secrets)
    .filter(([, folder]) => existsSync(join(programDirectory, folder)))
    .map(([what, folder]) => ({ what: `the ${what} ${folder}`, remove: `rm -r ${shellQuote(folder)}` }));
}
