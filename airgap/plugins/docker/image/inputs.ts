import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type CheckFailure, type PropertyMap, UNKNOWN } from "../../framework/provider";
import { refuseNested, refuseUnlisted } from "../../framework/refusals";
import { containsUnknown, object, text, textMap, texts, truth } from "../../framework/values";
import { contextDigest } from "./context";
import { parseReference } from "./logins";

/** Inputs of `docker:index/image:Image` that are implemented. */
export const IMAGE_INPUTS = ["imageName", "skipPush", "build", "buildOnPreview", "registry"] as const;

const BUILD_INPUTS = [
  "addHosts",
  "args",
  "builderVersion",
  "cacheFrom",
  "context",
  "contextDigest",
  "dockerfile",
  "network",
  "platform",
  "target",
];

const REGISTRY_INPUTS = ["password", "server", "username"];

/** The builders, by the version that the Engine's API gives them: 1 is the classic one. */
const BUILDERS = { BuilderV1: "1", BuilderBuildKit: "2" } as const;

/** A build with all defaults filled in. File names are relative to the program's folder. */
export type Build = Readonly<ReturnType<typeof readBuild>>;

/** Reads the inputs, with the official defaults. */
export function readBuild(inputs: PropertyMap) {
  const build = object(inputs.build);
  const context = text(build.context) ?? ".";
  return {
    imageName: text(inputs.imageName) ?? "",
    context,
    dockerfile: text(build.dockerfile) ?? join(context, "Dockerfile"),
    version: text(build.builderVersion) === "BuilderV1" ? BUILDERS.BuilderV1 : BUILDERS.BuilderBuildKit,
    platform: text(build.platform) ?? hostPlatform(),
    target: text(build.target),
    arguments: textMap(build.args),
    network: text(build.network),
    addHosts: texts(build.addHosts),
    cacheFrom: texts(object(build.cacheFrom).images),
    /** Whether the image goes to a registry once it is built. */
    pushes: isPushed(inputs),
    registry: textMap(inputs.registry),
  };
}

/** Refuses what cannot be built, and adds `build.contextDigest` and `build.platform`, as the official Check does. */
export function checkImage(inputs: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const builder = object(inputs.build).builderVersion ?? "BuilderBuildKit";
  const failures = [
    ...refuseNested("docker", inputs, { build: BUILD_INPUTS, registry: REGISTRY_INPUTS }),
    ...checkPushing(inputs),
    ...refuseBuildOnPreview(inputs),
    ...refuseUnlisted("build.builderVersion", builder, Object.keys(BUILDERS)),
  ];
  if (inputs.imageName === undefined || inputs.imageName === "") {
    failures.push({ property: "imageName", reason: "an image needs a name, e.g. figlet:latest" });
  }
  const completed = completeBuild(inputs);
  return { inputs: { ...inputs, build: completed.build }, failures: [...failures, ...completed.failures] };
}

/** Whether the image goes to the registry in its name: so it does when the program says nothing. */
function isPushed(inputs: PropertyMap): boolean {
  return truth(inputs.skipPush) !== true;
}

/** The official plugin says the same, after the build. */
function checkPushing(inputs: PropertyMap): CheckFailure[] {
  const name = text(inputs.imageName);
  if (inputs.skipPush === UNKNOWN || !isPushed(inputs) || !name || parseReference(name).registry !== undefined) {
    return [];
  }
  const reason =
    `${name} names no registry to push to; write HOST/${name} (docker.io/USER/${name} for Docker Hub), ` +
    "or set skipPush: true";
  return [{ property: "imageName", reason }];
}

function refuseBuildOnPreview(inputs: PropertyMap): CheckFailure[] {
  const reason = "the air-gapped docker plugin does not build in a preview; leave buildOnPreview out";
  return inputs.buildOnPreview === true ? [{ property: "buildOnPreview", reason }] : [];
}

function completeBuild(inputs: PropertyMap): { build: PropertyMap; failures: CheckFailure[] } {
  const given = object(inputs.build);
  const build = { platform: hostPlatform(), ...given };
  if (containsUnknown(inputs.build === UNKNOWN ? UNKNOWN : [given.context ?? null, given.dockerfile ?? null])) {
    return { build: { ...build, contextDigest: UNKNOWN }, failures: [] };
  }
  const { context, dockerfile } = readBuild(inputs);
  const failures = checkFiles(context, dockerfile);
  return failures.length > 0
    ? { build, failures }
    : { build: { ...build, contextDigest: contextDigest(context, dockerfile) }, failures };
}

function checkFiles(context: string, dockerfile: string): CheckFailure[] {
  if (statSync(context, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const reason = `there is no folder ${context} (relative to the program's folder, ${process.cwd()})`;
    return [{ property: "build.context", reason }];
  }
  if (statSync(dockerfile, { throwIfNoEntry: false })?.isFile() === true) {
    return [];
  }
  const inContext = join(context, dockerfile);
  const hint =
    !isAbsolute(dockerfile) && statSync(inContext, { throwIfNoEntry: false }) !== undefined
      ? `it is relative to the program, not to the context; try ${inContext}`
      : `it is relative to the program's folder, ${process.cwd()}`;
  return [{ property: "build.dockerfile", reason: `could not open dockerfile ${dockerfile}: ${hint}` }];
}

/** As the official plugin: the operator's architecture, and always Linux. */
function hostPlatform(): string {
  const architectures: { [name: string]: string } = { x64: "amd64", ia32: "386" };
  return `linux/${architectures[process.arch] ?? process.arch}`;
}
