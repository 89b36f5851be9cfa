import {
  BASE_ARCHIVE,
  BASE_IMAGE,
  ensureBaseArchive,
  ensureBaseImage,
  ownRelease,
} from "../../../adapters/docker/base-image";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { chooseImages, chooseTrivy, type Part, type Sources } from "../../../adapters/files/artefacts/choices";
import {
  type Artefact,
  artefactsIn,
  ensureFolder,
  isOwnFolder,
  restoreFolder,
} from "../../../adapters/files/artefacts/folder";
import { ensureSampleDatabase, ensureTrivyArchive } from "../../../adapters/files/artefacts/packed";
import { probeDownload, probeHttps } from "../../../adapters/files/network";
import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import { labLock } from "../../../config/lock";
import type { LabConfig } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import { isUrl } from "../../../config/values/artefacts";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";

/** A stack that needs artefacts. */
export interface StackToSupply {
  readonly file: StackConfig;
  readonly config: LabConfig;
  readonly docker: DockerEngine;
  /** Settles when the Pulumi engine is ready. Its build uses every core, like that of Trivy. */
  readonly engineFound: Promise<unknown>;
}

const INTERNET: Sources = { probeRegistry: probeHttps, probeDownload };

/**
 * Decides, once for a stack, where base images, Trivy and its database come from, unless the user has set it: from the
 * internet, or, if that does not answer, from this machine, which makes them. Returns the settings to save.
 */
export async function decideArtefacts(
  context: CommandContext,
  stack: StackToSupply,
  sources: Sources = INTERNET,
): Promise<ConfigChanges> {
  const raw = stack.file.read();
  const { version, archives } = labLock().trivy;
  const choices = await Promise.all([
    chooseImages(raw, stack.config, context.reporter, sources),
    chooseTrivy(raw, { version, url: archives[stack.docker.platform].url }, context.reporter, sources),
  ]);
  const parts = choices.flatMap((choice) => choice.parts);
  const { baseImage } = stack.config.local;
  if (ownRelease(baseImage) !== undefined) {
    const forLesson = stack.config.images.delivery === "registry" ? [BASE_IMAGE] : [];
    for (const name of new Set([baseImage, ...forLesson])) {
      await ensureBaseImage(optionsOf(context, stack), name);
    }
  }
  const found = parts.length === 0 ? await restoreParts(context, stack) : await addParts(context, stack, parts);
  return new Map([...choices.flatMap((choice) => [...choice.settings]), ...found]);
}

const NOTICES: Partial<Record<Part, string>> = {
  "base image": "air-gapped: the lesson's images are built on Debian instead of Alpine and Ubuntu",
  trivy: "air-gapped: Trivy is built on this machine, and its vulnerability database is a sample",
};

/** Makes these parts, into a folder that also has the parts made before. */
async function addParts(context: CommandContext, stack: StackToSupply, parts: readonly Part[]): Promise<ConfigChanges> {
  const { environment } = context.runtime;
  const { directory } = stack.config.artefacts;
  if (directory !== undefined && !isOwnFolder(directory, environment)) {
    throw new LabError(
      `Trivy's release cannot be downloaded here, and a local build cannot be added to your artefacts.directory, ${directory}.`,
      {
        exitCode: 2,
        hint: "Put Trivy's archive into that folder and set trivy.archive, trivy.sha256 and the trivy.database settings (docs/config.md), or unset artefacts.directory",
      },
    );
  }
  const made = await makeParts(context, stack, new Set([...ownParts(stack.config, environment), ...parts]));
  for (const notice of parts.flatMap((part) => NOTICES[part] ?? [])) {
    context.reporter.info(`${notice}; every setting of the lab is in Pulumi.${context.options.stack}.yaml`);
  }
  return new Map([["artefacts.directory", await ensureFolder([...made.values()], environment)], ...settingsFor(made)]);
}

/** Makes what earlier runs made and was removed since again, under the same names, in the same folder. */
async function restoreParts(context: CommandContext, stack: StackToSupply): Promise<ConfigChanges> {
  const { config } = stack;
  const { directory } = config.artefacts;
  const parts = ownParts(config, context.runtime.environment);
  if (directory === undefined || parts.length === 0) {
    return new Map();
  }
  const present = await artefactsIn(directory);
  if (present !== undefined) {
    // A folder of an earlier version has the lesson's base image of another release.
    const isOfToday = !parts.includes("base image") || present.some(({ name }) => name === BASE_ARCHIVE);
    return isOfToday ? new Map() : addParts(context, stack, []);
  }
  const made = await makeParts(context, stack, new Set(parts));
  await restoreFolder(directory, [...made.values()]);
  const settings = settingsFor(made);
  if (made.has("trivy") && settings.get("trivy.sha256") !== config.trivy.sha256) {
    context.reporter.warn(
      "the archive of Trivy had to be rebuilt and differs from the one before, so nodes are replaced",
    );
  }
  return settings;
}

/** The parts that this machine made for the stack. */
function ownParts({ artefacts, local, trivy }: LabConfig, environment: NodeJS.ProcessEnv): Part[] {
  const isFile = (name: string | undefined) => name !== undefined && !isUrl(name);
  const used: readonly [Part, boolean][] = [
    ["base image", ownRelease(local.baseImage) !== undefined],
    ["trivy", isFile(trivy.archive)],
    ["database", isFile(trivy.databaseArchive)],
  ];
  return isOwnFolder(artefacts.directory, environment) ? used.flatMap(([part, isUsed]) => (isUsed ? [part] : [])) : [];
}

async function makeParts(
  context: CommandContext,
  stack: StackToSupply,
  parts: ReadonlySet<Part>,
): Promise<Map<Part, Artefact>> {
  const options = optionsOf(context, stack);
  const made = new Map<Part, Artefact>();
  if (parts.has("base image")) {
    made.set("base image", await ensureBaseArchive(options));
  }
  await stack.engineFound;
  if (parts.has("trivy")) {
    made.set("trivy", await ensureTrivyArchive(labLock().trivy.version, stack.docker.platform, options));
  }
  if (parts.has("database")) {
    made.set("database", await ensureSampleDatabase(options));
  }
  return made;
}

/** The settings that name an artefact and its checksum. */
const SETTINGS: readonly (readonly [Part, archive: string, sum: string])[] = [
  ["trivy", "trivy.archive", "trivy.sha256"],
  ["database", "trivy.databaseArchive", "trivy.databaseSha256"],
];

function settingsFor(made: ReadonlyMap<Part, Artefact>): ConfigChanges {
  return new Map(
    SETTINGS.flatMap(([part, archive, sum]) => {
      const artefact = made.get(part);
      return artefact === undefined ? [] : [[archive, artefact.name] as const, [sum, artefact.identity] as const];
    }),
  );
}

function optionsOf({ runtime, reporter }: CommandContext, { docker }: StackToSupply) {
  return { host: docker.host, ...runtime, reporter };
}
