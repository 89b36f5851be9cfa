import { RELEASE_NAMES } from "../../../adapters/files/artefacts/packed";
import { LOCK_FILE, type OpenLock } from "../../../config/lock";
import { refusedTrivyVersion } from "../../../config/values/artefacts";
import { LabError, messageOf } from "../../../core/errors";
import type { Platform } from "../../../core/machine";
import { moved, type Resolved } from "./lock-file";
import type { LockNetwork } from "./network";

type Trivy = OpenLock["trivy"];

const PLATFORMS: readonly Platform[] = ["linux/amd64", "linux/arm64"];

/** Throws for anything but a version of Trivy that may be used, before anything is looked up. */
export function requireTrivyVersion(version: string): void {
  if (refusedTrivyVersion(version) !== undefined) {
    throw new LabError(`Trivy ${version} carried malware: it is never installed.`, { exitCode: 2 });
  }
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new LabError(`"${version}" is not a version of Trivy; it must look like 0.74.0.`, { exitCode: 2 });
  }
}

/**
 * Trivy's archives with their published checksums. Throws if a version other than the pinned one cannot be looked up, since
 * the command line asks for it.
 */
export async function resolveTrivy(trivy: Trivy, version: string, network: LockNetwork): Promise<Resolved<Trivy>> {
  let published: string;
  try {
    published = await network.text(urlOf(version, `trivy_${version}_checksums.txt`));
  } catch (error) {
    if (version === trivy.version) {
      return { value: trivy, moves: [], unasked: [{ what: `trivy ${version}`, reason: messageOf(error) }] };
    }
    throw new LabError(`Could not download the checksums of Trivy ${version}: ${messageOf(error)}.`, { cause: error });
  }
  const sums = parseChecksums(published);
  const archives = new Map(PLATFORMS.map((platform) => [platform, archiveOf(version, platform, sums)]));
  for (const platform of PLATFORMS) {
    requireSameSum(trivy, version, platform, archives.get(platform)?.sha256);
  }
  const value = {
    version,
    archives: { ...trivy.archives, ...(Object.fromEntries(archives) as Trivy["archives"]) },
  };
  return {
    value,
    moves: [
      ...moved("trivy.version", trivy.version, version),
      ...PLATFORMS.flatMap((platform) =>
        moved(`trivy ${platform}`, trivy.archives[platform].sha256, value.archives[platform].sha256 ?? ""),
      ),
    ],
    unasked: [],
  };
}

/** `SUM  NAME` lines of sha256sum: name -> sum. Throws for a name with two sums, since neither can be trusted. */
function parseChecksums(text: string): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const [, sum = "", name = ""] of text.matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm)) {
    if ((sums.get(name) ?? sum) !== sum) {
      throw new LabError(`${name} has two checksums, ${sums.get(name)} and ${sum}.`);
    }
    sums.set(name, sum);
  }
  return sums;
}

function archiveOf(version: string, platform: Platform, sums: ReadonlyMap<string, string>) {
  const name = `trivy_${version}_${RELEASE_NAMES[platform]}.tar.gz`;
  const sha256 = sums.get(name);
  if (sha256 === undefined) {
    throw new LabError(`The published checksums of Trivy ${version} do not include ${name}.`);
  }
  return { url: urlOf(version, name), sha256 };
}

function urlOf(version: string, name: string): string {
  return `https://github.com/aquasecurity/trivy/releases/download/v${version}/${name}`;
}

/** A release never changes: detecting one that did is the purpose of the checksum. */
function requireSameSum(trivy: Trivy, version: string, platform: Platform, found: string | undefined): void {
  const locked = trivy.archives[platform].sha256;
  if (version === trivy.version && locked !== undefined && locked !== found) {
    throw new LabError(
      `Trivy ${version} for ${platform} now has the checksum ${found}, but ${LOCK_FILE} has ${locked}. A release must not change.`,
      { hint: "Nothing was written. Find out why before you do anything else." },
    );
  }
}
