import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ON_MACHINE } from "../../../portal/node/settings";

const PORTAL = join(__dirname, "../../../portal");

/** The files that a portal's machine needs, by their path there. Places are as they are here: the program looks for its files by them. */
export async function portalProgram(): Promise<ReadonlyMap<string, string>> {
  const read = (...names: string[]) => readFileSync(join(PORTAL, ...names), "utf8");
  return new Map([
    [`${ON_MACHINE.program}/portal/server/main.js`, await bundle()],
    [`${ON_MACHINE.program}/portal/server/attach.sh`, read("server/terminal/attach.sh")],
    [`${ON_MACHINE.program}/package.json`, read("../package.json")],
    ["/etc/systemd/system/lab-portal.service", read("node/lab-portal.service")],
  ]);
}

async function bundle(): Promise<string> {
  // Loaded here: only a portal needs it at run time.
  const { build, stop } = require("esbuild") as typeof import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(PORTAL, "node/main.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    external: ["*.node", "cpu-features"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "silent",
  });
  await stop();
  return outputFiles[0]?.text ?? "";
}
