import { dockerHost, UnusableEngineError } from "../../adapters/docker/client";
import type { LabConfig } from "../../config/schema";
import { runError } from "../run-error";

/** Address of the operator's Docker Engine: the config's, else the docker client's. Throws a `RunError` where it cannot be used. */
export async function chosenHost({ docker }: Pick<LabConfig, "docker">): Promise<string> {
  try {
    return docker.host ?? (await dockerHost(process.env));
  } catch (error) {
    throw error instanceof UnusableEngineError ? runError(error.message) : error;
  }
}
