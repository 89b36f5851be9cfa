import { BASE_IMAGE, ensureBaseArchive, ensureBaseImage } from "../../../adapters/docker/base-image";
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

/** A stack, and what its artefacts depend on. */
export interface StackToSupply {
  readonly file: StackConfig;
  readonly config: LabConfig;
  readonly docker: DockerEngine;
  /** Settles when the Pulumi engine is there. Its build uses every core, as that of Trivy does. */
  readonly engineFound: Promise<unknown>;
}

const INTERNET: Sources = { probeRegistry: probeHttps, probeDownload };

/**
 * Where base images, Trivy and its database come from, decided once for a stack and only for what its user has not set:
 * from the internet, or, where that does not answer, from this machine, which then makes them. Gives the settings to keep.
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
  const found = parts.length === 0 ? await restoreParts(context, stack) : await addParts(context, stack, parts);
  return new Map([...choices.flatMap((choice) => [...choice.settings]), ...found]);
}

/** Makes what was just decided on, into a folder that also has what was made before. */
async function addParts(context: CommandContext, stack: StackToSupply, parts: readonly Part[]): Promise<ConfigChanges> {
  const { environment } = context.runtime;
  const { directory } = stack.config.artefacts;
  if (directory !== undefined && !isOwnFolder(directory, environment)) {
    throw new LabError(
      `Trivy's release cannot be downloaded here, and what is made instead has no place: artefacts.directory is yours, ${directory}.`,
      {
        exitCode: 2,
        hint: "Put Trivy's archive into that folder and set trivy.archive, trivy.sha256 and the trivy.database settings (docs/config.md), or unset artefacts.directory",
      },
    );
  }
  const made = await makeParts(context, stack, new Set([...ownParts(stack.config, environment), ...parts]));
  for (const line of NOTICES.filter(({ part }) => parts.includes(part))) {
    context.reporter.info(`${line.text}; every setting of the lab is in Pulumi.${context.options.stack}.yaml`);
  }
  return new Map([["artefacts.directory", await ensureFolder([...made.values()], environment)], ...settingsFor(made)]);
}

const NOTICES: readonly { readonly part: Part; readonly text: string }[] = [
  { part: "base image", text: "air-gapped: the lesson's images are built on Debian instead of Alpine and Ubuntu" },
  { part: "trivy", text: "air-gapped: Trivy is built on this machine, and its vulnerability database is a sample" },
];

/** What earlier runs made may have been removed since: it is made again, under the same names, in the same folder. */
async function restoreParts(context: CommandContext, stack: StackToSupply): Promise<ConfigChanges> {
  const { config } = stack;
  if (config.local.baseImage === BASE_IMAGE) {
    await ensureBaseImage(optionsOf(context, stack));
  }
  const { directory } = config.artefacts;
  const parts = ownParts(config, context.runtime.environment);
  if (directory === undefined || parts.length === 0 || (await artefactsIn(directory)) !== undefined) {
    return new Map();
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

/** What this machine made for the stack. */
function ownParts({ artefacts, local, trivy }: LabConfig, environment: NodeJS.ProcessEnv): Part[] {
  const isFile = (name: string | undefined) => name !== undefined && !isUrl(name);
  const used: readonly [Part, boolean][] = [
    ["base image", local.baseImage === BASE_IMAGE],
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

function settingsFor(made: ReadonlyMap<Part, Artefact>): ConfigChanges {
  const settings = {
    trivy: ["trivy.archive", "trivy.sha256"],
    database: ["trivy.databaseArchive", "trivy.databaseSha256"],
  };
  return new Map(
    (["trivy", "database"] as const).flatMap((part) => {
      const artefact = made.get(part);
      const [archive = "", sum = ""] = settings[part];
      return artefact === undefined ? [] : [[archive, artefact.name] as const, [sum, artefact.identity] as const];
    }),
  );
}

function optionsOf({ runtime, reporter }: CommandContext, { docker }: StackToSupply) {
  return { host: docker.host, ...runtime, reporter };
}
