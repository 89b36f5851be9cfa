import { dirname, join } from "node:path";
import { execa } from "execa";
import { ensureBaseImage } from "../../adapters/docker/base-image";
import { dockerHost } from "../../adapters/docker/client";
import { ensureDockerEngine } from "../../adapters/docker/local-engine";
import { registryReachable, releaseReachable } from "../../adapters/files/artefacts/choices";
import { ensureSampleDatabase, ensureTrivyArchive } from "../../adapters/files/artefacts/packed";
import { ensurePythonEnvironments, thisSystem } from "../../adapters/files/system";
import { findPulumiEngineOfLab } from "../../adapters/pulumi/open-stack";
import { labLock } from "../../config/lock";
import type { CommandContext } from "../../core/command-context";
import type { Platform } from "../../core/machine";

/** What is tested. */
export interface TestSelection {
  /** Words for vitest, e.g. `--project unit`. */
  readonly words: readonly string[];
  /** The short list of `tests/support/test-tiers.mts`, everything, or that and the faults that take longest. */
  readonly tier: "short" | "all" | "faults";
}

/** All set-up, then the selected tests; gives vitest's exit code. */
export async function test(context: CommandContext, selection: TestSelection): Promise<number> {
  const { runtime, reporter } = context;
  const host = await dockerHost(runtime.environment);
  const docker = await ensureDockerEngine({ host, environment: runtime.environment, reporter });
  await ensurePythonEnvironments(thisSystem(runtime.environment), reporter);
  const [engine] = await Promise.all([findPulumiEngineOfLab(context), prepareImages(context, host)]);
  reporter.info(`engine: ${engine.kind}, pulumi ${engine.version}`);
  await prepareTrivy(context, docker.platform);
  if (selection.tier === "short") {
    reporter.info("Running the short list of tests, up to 15 minutes. Run ./lab test --all for every test.");
  }
  const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  const result = await execa(process.execPath, [vitest, "run", ...selection.words], {
    cwd: runtime.programDirectory,
    env: { ...runtime.environment, DOCKER_HOST: host, LAB_TEST_TIER: selection.tier },
    extendEnv: false,
    stdio: "inherit",
    reject: false,
  });
  return result.exitCode ?? 1;
}

/** Trivy and its database, where a lab would have to make them: minutes that no test's clock allows for. */
async function prepareTrivy({ runtime, reporter }: CommandContext, platform: Platform): Promise<void> {
  const { version, archives } = labLock().trivy;
  if (!(await releaseReachable({ version, url: archives[platform].url }, reporter))) {
    await ensureTrivyArchive(version, platform, { ...runtime, reporter });
    await ensureSampleDatabase({ ...runtime, reporter });
  }
}

/** Tests need the air-gapped base image only where no registry answers: made here, so that no test waits for it. */
async function prepareImages({ runtime, reporter }: CommandContext, host: string): Promise<void> {
  if (!(await registryReachable(reporter))) {
    await ensureBaseImage({ ...runtime, host, reporter });
  }
}
