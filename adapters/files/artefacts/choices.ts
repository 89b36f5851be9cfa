import type { LabConfig } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import type { Reporter } from "../../../core/command-context";
import { BASE_IMAGE, ownRelease } from "../../docker/base-image";
import { type Probe, probeDownload, probeHttps } from "../network";

/** What we can make on this machine where it cannot be downloaded. */
export type Part = "base image" | "trivy" | "database";

/** A decision for a stack that had none: settings to keep, and what is to be made. */
export interface Choice {
  readonly settings: ConfigChanges;
  readonly parts: readonly Part[];
}

/** How the world outside is asked. */
export interface Sources {
  /** Whether a registry answers. */
  probeRegistry(url: string): Promise<Probe>;
  /** Whether a file can be downloaded. */
  probeDownload(url: string): Promise<Probe>;
}

/** The release that the lock file pins. */
interface Release {
  readonly version: string;
  readonly url: string;
}

type Raw = Readonly<Record<string, unknown>>;

/** Settings that decide where images come from. A user who has set one has decided. */
const IMAGE_SETTINGS = ["local.baseImage", "images.base", "artefacts.directory"] as const;

/** The same for Trivy and its database. */
const TRIVY_SETTINGS = [
  "trivy.archive",
  "trivy.database",
  "trivy.databaseArchive",
  "trivy.databaseRepositories",
] as const;

const NOTHING: Choice = { settings: new Map(), parts: [] };

/** Where images come from: the registry, or, where none answers, a Debian base image made on this machine. */
export async function chooseImages(
  raw: Raw,
  config: LabConfig,
  reporter: Reporter,
  { probeRegistry }: Pick<Sources, "probeRegistry">,
): Promise<Choice> {
  if (isSet(raw, IMAGE_SETTINGS)) {
    const isOwn = ownRelease(config.local.baseImage) !== undefined;
    return isOwn && !isSet(raw, ["images.base", "artefacts.directory"])
      ? { settings: new Map([["images.base", "debian"]]), parts: ["base image"] }
      : NOTHING;
  }
  return (await registryReachable(reporter, probeRegistry))
    ? { settings: new Map([["images.base", config.images.base]]), parts: [] }
    : {
        settings: new Map([
          ["local.baseImage", BASE_IMAGE],
          ["images.base", "debian"],
        ]),
        parts: ["base image"],
      };
}

/** Where Trivy comes from: its release, or, where that cannot be downloaded, its sources. */
export async function chooseTrivy(
  raw: Raw,
  release: Release,
  reporter: Reporter,
  { probeDownload }: Pick<Sources, "probeDownload">,
): Promise<Choice> {
  if (isSet(raw, TRIVY_SETTINGS)) {
    return NOTHING;
  }
  return (await releaseReachable(release, reporter, probeDownload))
    ? { settings: new Map([["trivy.database", "registry"]]), parts: [] }
    : { settings: new Map([["trivy.database", "baked"]]), parts: ["trivy", "database"] };
}

const DOCKER_HUB = "https://registry-1.docker.io/v2/";

/** Whether Docker Hub answers, so that images can be pulled; reports what it found. */
export function registryReachable(reporter: Reporter, probe: Sources["probeRegistry"] = probeHttps): Promise<boolean> {
  return reportProbe("Docker Hub", probe(DOCKER_HUB), reporter);
}

/** Whether Trivy's release can be downloaded from here; reports what it found. */
export function releaseReachable(
  { version, url }: Release,
  reporter: Reporter,
  probe: Sources["probeDownload"] = probeDownload,
): Promise<boolean> {
  return reportProbe(`release of Trivy ${version}`, probe(url), reporter);
}

async function reportProbe(subject: string, probed: Promise<Probe>, reporter: Reporter): Promise<boolean> {
  const { reachable, detail } = await probed;
  reporter.info(`${subject}: ${detail}`);
  return reachable;
}

function isSet(raw: Raw, settings: readonly string[]): boolean {
  return settings.some((setting) => settingAt(raw, setting) !== undefined);
}
