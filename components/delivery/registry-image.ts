import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { contextImageName } from "../../adapters/files/node-image";
import type { Platform } from "../../core/machine";
import { inputPath, projectFile } from "../project-files";

const CONTEXT = "images/registry";

/** Inputs of the image for a class's own registry or mirror. */
export interface RegistryImageArgs {
  /** Base image: that of the local machines. */
  readonly baseImage: string;
  /** Platform of the Engine. */
  readonly platform: Platform;
}

/** The distribution registry as an image on the operator's Engine, named by the hash of its inputs. */
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
