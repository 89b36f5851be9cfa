import { DEFAULTS, LIMITS } from "../defaults";
import type { RawConfig, SettingProblem } from "../raw-config";
import { configSchema } from "../schema";
import { settingAt } from "../settings";

/** Index of the portal's machine in its class: after the last possible spare. */
export const PORTAL_INDEX = LIMITS.seats.max + LIMITS.spares.max;

/** Checks that apply only to a class with the portal on its own machine. */
export function checkPortal(raw: RawConfig): SettingProblem[] {
  if (settingAt(raw, "portal") !== "node") {
    return [];
  }
  return [...checkHost(raw), ...(settingAt(raw, "target") === "aws" ? [] : checkPorts(raw))];
}

/** The portal must reach every seat, which works on one Docker Engine and at AWS only. */
function checkHost(raw: RawConfig): SettingProblem[] {
  const message =
    'must be "operator" if docker.hosts is set: run pulumi config set --path portal operator, then ./lab portal on a machine that students can reach';
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
  const tooHigh = `${local.sshPort} leaves no port for the portal's machine: its SSH port would be ${own}, and the highest port is ${LIMITS.sshPort.max}`;
  const taken = port >= local.sshPort && port <= own;
  return [
    ...(own > LIMITS.sshPort.max ? [{ setting: "local.sshPort", message: tooHigh }] : []),
    ...(taken
      ? [{ setting: "portalPort", message: `${port} is one of the class's SSH ports, ${local.sshPort} to ${own}` }]
      : []),
  ];
}
