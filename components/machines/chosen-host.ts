import { dockerHost, UnusableEngineError } from "../../adapters/docker/client";
import type { LabConfig } from "../../config/schema";
import { runError } from "../run-error";

/** Address of the operator's Docker Engine: from the config, else the docker client's. Throws a `RunError` if it is unusable. */
export async function chosenHost({ docker }: Pick<LabConfig, "docker">): Promise<string> {
  try {
    return docker.host ?? (await dockerHost(process.env));
  } catch (error) {
    throw error instanceof UnusableEngineError ? runError(error.message) : error;
  }
}
