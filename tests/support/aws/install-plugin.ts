import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { launcher } from "../../../airgap/plugins/install";
import { createAwsProvider } from "./plugin/provider";

/** Native add-ons that libraries try and do without. */
const OPTIONAL_NATIVE_MODULES = ["cpu-features", "*.node"];

/** Puts the test-only `aws` plugin into a PULUMI_HOME. Never a user's: it makes no machine that anybody could use. */
export async function installAwsPlugin(pulumiHome: string): Promise<void> {
  const { name, version } = createAwsProvider();
  const folder = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(__dirname, "plugin", "main.ts")],
    outfile: join(folder, "plugin.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    external: OPTIONAL_NATIVE_MODULES,
    logLevel: "error",
  });
  await writeFile(join(folder, `pulumi-resource-${name}`), launcher(process.execPath), { mode: 0o755 });
}
