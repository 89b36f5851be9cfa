import { resolve } from "node:path";
import { compareInputs } from "../../framework/diff";
import { type CallContext, type PropertyMap, type ResourceHandler, UNKNOWN } from "../../framework/provider";
import { containsUnknown, object, text } from "../../framework/values";
import type { Engine } from "../connection/engine";
import { buildImage } from "./build";
import { relativeDockerfile } from "./context";
import { checkImage, IMAGE_INPUTS, readBuild } from "./inputs";
import { pushImage } from "./push";

/** `docker:index/image:Image`. As the official one, it only ever builds and pushes: it neither looks for images nor removes any. */
export const image: ResourceHandler<Engine> = {
  inputs: IMAGE_INPUTS,
  check: checkImage,
  // Any changed input builds again, in place; a moved tag is no reason for a new resource.
  diff: (old, inputs) => compareInputs(old.inputs, inputs, []),
  preview: previewImage,
  create: async (engine, inputs, context) => ({
    id: text(inputs.imageName) ?? "",
    properties: await build(engine, inputs, context),
  }),
  read: async (_engine, old) => old,
  update: (engine, _old, inputs, context) => build(engine, inputs, context),
  delete: async () => {},
};

function previewImage(inputs: PropertyMap): PropertyMap {
  const imageName = inputs.imageName ?? UNKNOWN;
  const known = !containsUnknown(inputs.build);
  return { ...(known ? outputs(inputs) : {}), imageName, baseImageName: imageName, repoDigest: UNKNOWN };
}

async function build(engine: Engine, inputs: PropertyMap, context: CallContext): Promise<PropertyMap> {
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
