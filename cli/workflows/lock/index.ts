import { trivyModuleVersion } from "../../../adapters/files/artefacts/packed";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { readState } from "../../../adapters/pulumi/state";
import { LOCK_FILE, type OpenLock } from "../../../config/lock";
import { movesIn } from "../../../config/moves";
import { type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { messageOf } from "../../../core/errors";
import {
  awsStacks,
  renderResolution,
  renderUnpinned,
  unpinnedInLock,
  unpinnedInStack,
  unpinnedMachineImages,
} from "./check";
import { type Resolved, readLockFile, writeLockFile } from "./lock-file";
import { type LockNetwork, lockNetwork } from "./network";
import { resolvePackages } from "./packages";
import { requireRegions, resolveImages, resolveMachineImages } from "./resolve-images";
import { requireTrivyVersion, resolveTrivy } from "./resolve-trivy";

/** Options of `lab lock`. */
export interface LockOptions {
  /** Version of Trivy to pin. Undefined: the pinned one. */
  readonly trivy: string | undefined;
  /** Regions whose machine images are pinned, too, beside those that already are. */
  readonly regions: readonly string[];
}

/** Looks up everything in the lock file again, reports what moved, and writes it. */
export async function lock(
  context: CommandContext,
  { trivy, regions }: LockOptions,
  network: LockNetwork = lockNetwork,
): Promise<void> {
  const { runtime, options, reporter } = context;
  const before = readLockFile(runtime.programDirectory);
  const version = trivy ?? before.trivy.version;
  requireTrivyVersion(version);
  requireRegions(regions);
  const [images, archives, aws, packages] = await reporter.task("looking up everything that is pinned", () =>
    Promise.all([
      resolveImages(before.images, network),
      resolveTrivy(before.trivy, version, network),
      resolveMachineImages(before.aws, regions, network),
      packagesOf(context, before),
    ]),
  );
  const parts: readonly Resolved<unknown>[] = [archives, images, aws, packages];
  const moves = parts.flatMap((part) => part.moves);
  const unasked = parts.flatMap((part) => part.unasked);
  if (moves.length > 0) {
    writeLockFile(runtime.programDirectory, {
      ...before,
      trivy: archives.value,
      images: images.value,
      aws: aws.value,
      packages: packages.value,
    });
  }
  const outcome = moves.length > 0 ? `Updated ${LOCK_FILE}.` : `${LOCK_FILE} is unchanged.`;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ moves, unasked, written: moves.length > 0 }, null, 2)}\n`
      : renderResolution(moves, unasked, outcome),
  );
}

/** Lists everything that is not pinned, with the command that pins it. Returns the exit code: 1 if there is anything. */
export function checkLock({ runtime, options }: CommandContext): number {
  const { programDirectory } = runtime;
  const config = new StackConfig(programDirectory, options.stack);
  const lock = readLockFile(programDirectory);
  const problems = [
    ...unpinnedInLock(lock, trivyModuleVersion(programDirectory)),
    ...(config.exists() ? unpinnedInStack({ stack: options.stack, raw: config.read() }) : []),
    ...unpinnedMachineImages(awsStacks(runtime), lock),
  ];
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ pinned: problems.length === 0, problems }, null, 2)}\n`
      : renderUnpinned(problems),
  );
  return problems.length === 0 ? 0 : 1;
}

/** The distributions' packages, as reported by the gates of a running lab. */
async function packagesOf(context: CommandContext, before: OpenLock): Promise<Resolved<OpenLock["packages"]>> {
  const { packages } = before;
  const nothing = (reason: string) => ({ value: packages, moves: [], unasked: [{ what: "packages", reason }] });
  let seats: readonly KnownSeat[];
  try {
    const { stack, config } = await openExistingStack(context);
    seats = knownSeats(await readState(stack), movesIn(config.read()));
  } catch (error) {
    return nothing(messageOf(error));
  }
  return seats.some(({ ready }) => ready !== undefined)
    ? resolvePackages(packages, seats)
    : nothing(`the lab "${context.options.stack}" has no seat that is ready`);
}
