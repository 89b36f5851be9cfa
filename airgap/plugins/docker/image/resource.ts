import { resolve } from "node:path";
import { compareInputs } from "../../framework/differences";
import { containsUnknown } from "../../framework/properties";
import { type Difference, type PropertyMap, type ResourceHandler, UNKNOWN } from "../../framework/provider";
import type { Engine } from "../connection/engine";
import { object, text } from "../values";
import { relativeDockerfile } from "./archive";
import { buildImage } from "./build";
import { checkImage, IMAGE_INPUTS, readBuild } from "./inputs";
import { pushImage } from "./push";

/** `docker:index/image:Image`. As the official one, it only ever builds and pushes: it neither looks for images nor removes any. */
export const image: ResourceHandler<Engine> = {
  inputs: IMAGE_INPUTS,
  check: checkImage,
  diff: (old, inputs) => diffImage(old.inputs, inputs),
  preview: previewImage,
  async create(engine, inputs, context) {
    const properties = await build(engine, inputs, context);
    return { id: text(inputs.imageName) ?? "", properties };
  },
  async read(_engine, old) {
    return old;
  },
  update: (engine, _old, inputs, context) => build(engine, inputs, context),
  async delete() {},
};

/** Any changed input builds again, in place; a moved tag is no reason for a new resource. */
export function diffImage(old: PropertyMap, inputs: PropertyMap): Difference {
  return compareInputs(old, inputs, { replaceOnChanges: [] });
}

function previewImage(inputs: PropertyMap): PropertyMap {
  const imageName = inputs.imageName ?? UNKNOWN;
  const known = !containsUnknown(inputs.build);
  return { ...(known ? outputs(inputs) : {}), imageName, baseImageName: imageName, repoDigest: UNKNOWN };
}

async function build(
  engine: Engine,
  inputs: PropertyMap,
  context: Parameters<typeof buildImage>[2],
): Promise<PropertyMap> {
  context.status("Building the image");
  const wanted = readBuild(inputs);
  const id = await buildImage(engine, wanted, context);
  if (!wanted.pushes) {
    return { ...outputs(inputs), repoDigest: id };
  }
  context.status("Pushing the image to the registry");
  return { ...outputs(inputs), repoDigest: await pushImage(engine, wanted.imageName, wanted.registry, context) };
}

/** Outputs that need no build. The official `repoDigest` is the digest of a pushed image, else the image's id. */
function outputs(inputs: PropertyMap): PropertyMap {
  const { imageName, context, dockerfile, registry } = readBuild(inputs);
  return {
    imageName,
    baseImageName: imageName,
    registryServer: registry.server ?? "",
    context,
    dockerfile: relativeDockerfile(resolve(context), resolve(dockerfile)),
    platform: object(inputs.build).platform ?? null,
  };
}
