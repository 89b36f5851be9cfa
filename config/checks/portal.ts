import { DEFAULTS, LIMITS } from "../defaults";
import type { RawConfig, SettingProblem } from "../raw-config";
import { configSchema } from "../schema";
import { settingAt } from "../settings";

/** After the greatest possible spare. */
export const PORTAL_INDEX = LIMITS.seats.max + LIMITS.spares.max;

/** What a class with a portal on a machine of its own must be, and no other class. */
export function checkPortal(raw: RawConfig): SettingProblem[] {
  if (settingAt(raw, "portal") !== "node") {
    return [];
  }
  return [...checkPlace(raw), ...(settingAt(raw, "target") === "aws" ? [] : checkPorts(raw))];
}

/** It has to reach the seats, and students it, without help of ours: that is solved for one Docker Engine, and for AWS. */
function checkPlace(raw: RawConfig): SettingProblem[] {
  const message =
    'must be "operator" where docker.hosts is set; type: pulumi config set --path portal operator, then ./lab portal on a machine that students reach';
  return settingAt(raw, "docker.hosts") === undefined ? [] : [{ setting: "portal", message }];
}

/** Machines of the local target share the operator's ports; instances have all of them. */
function checkPorts(raw: RawConfig): SettingProblem[] {
  const [seats, spares, local, port] = [
    configSchema.shape.seats.safeParse(raw["seats"]).data,
    configSchema.shape.spares.safeParse(raw["spares"]).data,
    configSchema.shape.local.safeParse(raw["local"]).data,
    configSchema.shape.portalPort.safeParse(raw["portalPort"] ?? DEFAULTS.portalPort).data,
  ];
  if (seats === undefined || spares === undefined || local === undefined || port === undefined) {
    return [];
  }
  const own = local.sshPort + PORTAL_INDEX;
  const tooHigh = `${local.sshPort} leaves no room for the portal's machine: its SSH port would be ${own}, the highest there is ${LIMITS.sshPort.max}`;
  const taken = port >= local.sshPort && port <= own;
  return [
    ...(own > LIMITS.sshPort.max ? [{ setting: "local.sshPort", message: tooHigh }] : []),
    ...(taken
      ? [{ setting: "portalPort", message: `${port} is among the class's SSH ports, ${local.sshPort} to ${own}` }]
      : []),
  ];
}
