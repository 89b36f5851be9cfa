import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-fs";
import { ensureBaseImage } from "../../../cli/docker-engine";
import { silentReporter } from "../../../cli/output/silent-reporter";
import { dockerClient } from "../../../components/machines/docker-client";
import { DEFAULT_DOCKER_HOST } from "../../../components/machines/docker-host";
import { NODE_IMAGE_CONTEXT, nodeImageName } from "../../../components/machines/node-image";

const REPOSITORY = resolve(__dirname, "../../..");

/** What emulated machines boot from. */
export interface NodeImage {
  readonly name: string;
  /** Folder with the lesson's base image for `docker load` on a node. */
  readonly archiveDirectory: string;
}

/** The node image as the local target builds it; both images are made on the first call. */
export async function ensureNodeImage(
  host: string = process.env["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST,
): Promise<NodeImage> {
  const options = { host, programDirectory: REPOSITORY, environment: process.env, reporter: silentReporter() };
  const base = await ensureBaseImage(options);
  const context = join(REPOSITORY, NODE_IMAGE_CONTEXT);
  const name = nodeImageName(base.image, context);
  const docker = dockerClient(host);
  if ((await docker.listImages({ filters: { reference: [name] } })).length === 0) {
    const output: NodeJS.ReadableStream = await docker.buildImage(Readable.from(pack(context)), {
      t: name,
      buildargs: { BASE: base.image },
    });
    await new Promise<void>((done, fail) => {
      docker.modem.followProgress(output, (error) => (error === null ? done() : fail(error)));
    });
  }
  return { name, archiveDirectory: base.archiveDirectory };
}
