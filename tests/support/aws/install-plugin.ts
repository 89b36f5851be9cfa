import { chmod, copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { createAwsProvider } from "./plugin/provider";

const LAUNCHER = resolve(__dirname, "../../../airgap/plugins/launcher.sh");

/** Native add-ons that libraries try and do without. */
const OPTIONAL_NATIVE_MODULES = ["cpu-features", "*.node"];

/** Puts the test-only `aws` plugin into a PULUMI_HOME. Never a user's: it makes no machine that anybody could use. */
export async function installAwsPlugin(pulumiHome: string): Promise<void> {
  const { name, version } = createAwsProvider();
  const folder = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
  await rm(folder, { recursive: true, force: true });
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
  // The process that serves our own plugins does not know this one, so the launcher starts it by itself.
  const executable = join(folder, `pulumi-resource-${name}`);
  await copyFile(LAUNCHER, executable);
  await chmod(executable, 0o755);
  await symlink(process.execPath, join(folder, "node"));
}
