import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-fs";
import { BASE_IMAGE, ensureBaseImage } from "../../../adapters/docker/base-image";
import { DEFAULT_DOCKER_HOST, dockerClient } from "../../../adapters/docker/client";
import { NODE_IMAGE_CONTEXT, nodeImageArguments, nodeImageName } from "../../../adapters/files/node-image";
import { silentReporter } from "../../../cli/ui/reporter";

const REPOSITORY = resolve(__dirname, "../../..");

/** What emulated machines boot from: the node image as the local target builds it, made on the first call. Gives its name. */
export async function ensureNodeImage(
  host: string = process.env["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST,
): Promise<string> {
  const options = { host, programDirectory: REPOSITORY, environment: process.env, reporter: silentReporter() };
  await ensureBaseImage(options);
  const context = join(REPOSITORY, NODE_IMAGE_CONTEXT);
  const name = nodeImageName(BASE_IMAGE, context);
  const docker = dockerClient(host);
  if ((await docker.listImages({ filters: { reference: [name] } })).length === 0) {
    const output: NodeJS.ReadableStream = await docker.buildImage(Readable.from(pack(context)), {
      t: name,
      buildargs: { ...nodeImageArguments(BASE_IMAGE) },
    });
    await new Promise<void>((done, fail) => {
      docker.modem.followProgress(output, (error) => (error === null ? done() : fail(error)));
    });
  }
  return name;
}
