import { resolve } from "node:path";
import { compareInputs } from "../../framework/differences";
import { containsUnknown } from "../../framework/properties";
import { type Difference, type PropertyMap, type ResourceHandler, UNKNOWN } from "../../framework/provider";
import type { Engine } from "../connection/engine";
import { object, text } from "../values";
import { relativeDockerfile } from "./archive";
import { buildImage } from "./build";
import { checkImage, IMAGE_INPUTS, readBuild } from "./inputs";

/** `docker:index/image:Image`. As the official one, it only ever builds: it neither looks at the Engine nor removes. */
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
  const id = await buildImage(engine, readBuild(inputs), context);
  return { ...outputs(inputs), repoDigest: id };
}

/** Outputs that need no build. For an image that is not pushed, the official `repoDigest` is the image's id. */
function outputs(inputs: PropertyMap): PropertyMap {
  const { imageName, context, dockerfile } = readBuild(inputs);
  return {
    imageName,
    baseImageName: imageName,
    registryServer: "",
    context,
    dockerfile: relativeDockerfile(resolve(context), resolve(dockerfile)),
    platform: object(inputs.build).platform ?? null,
  };
}
