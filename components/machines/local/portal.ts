import * as pulumi from "@pulumi/pulumi";
import { type DockerEngine, isPortFree, readPortHolders, tryToListen } from "../../../adapters/docker/engine";
import type { LabConfig } from "../../../config/schema";
import { DEFAULTS } from "../../../config/schema";
import { nodeContainerName } from "../../../core/resource-names";
import { PORTAL_SLOT } from "../../portal-spec";
import { bridgeAddress } from "./mirror";

/** What a portal on a machine of the class requires of the Engine. */
export interface PortalDemand {
  /** Address on which all machines publish SSH, so that the portal's machine can reach them. Undefined: 127.0.0.1. */
  readonly sshAddress: string | undefined;
  /** Reasons against the portal, a line each. Empty: none. */
  readonly problems: readonly string[];
}

/** Finds the address at which both the operator and a container can reach the class's machines, and its problems. */
export async function findPortalDemand(
  { portal, portalPort }: Pick<LabConfig, "portal" | "portalPort">,
  engine: Pick<DockerEngine, "host">,
): Promise<PortalDemand> {
  if (portal !== "node") {
    return { sshAddress: undefined, problems: [] };
  }
  const sshAddress = await bridgeAddress(engine);
  // Checks that this machine has the address; the list of interfaces omits a bridge without running containers.
  if (sshAddress === undefined || (await tryToListen(sshAddress, 0)) !== "listened") {
    const problem = `portal: must be "${DEFAULTS.portal}" with the Docker Engine at ${engine.host}: "node" needs an Engine whose container network has an address on this machine, as on Linux; run pulumi config set --path portal operator`;
    return { sshAddress: undefined, problems: [problem] };
  }
  return { sshAddress, problems: await portProblems(engine, portalPort) };
}

async function portProblems({ host }: Pick<DockerEngine, "host">, port: number): Promise<string[]> {
  const holders = (await readPortHolders(host))(port);
  if (holders.includes(nodeContainerName(pulumi.getStack(), PORTAL_SLOT.node))) {
    return [];
  }
  const [holder] = holders;
  if (holder === undefined && (await isPortFree(port))) {
    return [];
  }
  const by = holder === undefined ? "another program" : `the container ${holder}`;
  return [
    `portalPort: port ${port} is in use by ${by}; set another one: pulumi config set --path portalPort ${port + 1}`,
  ];
}
