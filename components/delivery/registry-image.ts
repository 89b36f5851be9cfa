import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { contextImageName } from "../../adapters/files/node-image";
import type { Platform } from "../../core/machine";
import { inputPath, projectFile } from "../project-files";

const CONTEXT = "images/registry";

/** What the image of a class's own registry, or mirror, is made of. */
export interface RegistryImageArgs {
  /** Image that it is built from: that of the local machines. */
  readonly baseImage: string;
  /** The Engine's. */
  readonly platform: Platform;
}

/** The distribution registry as an image on the operator's Engine, named by all that goes in. */
export function createRegistryImage(
  resourceName: string,
  { baseImage, platform }: RegistryImageArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly name: string; readonly resource: docker.Image } {
  const name = contextImageName("registry", baseImage, projectFile(CONTEXT));
  const context = inputPath(CONTEXT);
  const build = { context, dockerfile: `${context}/Dockerfile`, platform, args: { BASE: baseImage } };
  return { name, resource: new docker.Image(resourceName, { imageName: name, skipPush: true, build }, opts) };
}
