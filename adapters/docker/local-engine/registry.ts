import type { Reporter } from "../../../core/reporter";
import { type Probe, probeHttps } from "../../files/network";

const DOCKER_HUB = "https://registry-1.docker.io/v2/";

/** Whether Docker Hub answers, so that images may be pulled; says what it found. */
export async function registryReachable(
  reporter: Reporter,
  probe: (url: string) => Promise<Probe> = probeHttps,
): Promise<boolean> {
  const found = await probe(DOCKER_HUB);
  reporter.info(`Docker Hub: ${found.detail}`);
  return found.reachable;
}
