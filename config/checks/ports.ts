import { LIMITS, PORTAL_INDEX } from "../limits";
import { configSchema, type LabConfig } from "../schema";
import { problemIf, type RawConfig, type SettingProblem } from "../settings";

const HIGHEST = LIMITS.sshPort.max;

/** Checks that no port of a local class is needed twice, and that every machine has one. */
export function checkPorts(raw: RawConfig): SettingProblem[] {
  const config = validSettings(raw);
  const isLocal = raw["target"] !== "aws";
  return [
    ...checkSeatPorts(config),
    ...checkRegistryPorts(config, isLocal),
    // Instances at AWS have all ports to themselves.
    ...(isLocal && raw["portal"] === "node" ? checkPortalPorts(config) : []),
  ];
}

/** The top-level settings and sections that are valid by themselves, with their defaults. */
function validSettings(raw: RawConfig): Partial<LabConfig> {
  const parsed = Object.entries(configSchema.shape).map(([name, schema]) => [name, schema.safeParse(raw[name]).data]);
  return Object.fromEntries(parsed);
}

function checkSeatPorts({ seats, spares, local }: Partial<LabConfig>): SettingProblem[] {
  if (seats === undefined || spares === undefined || local === undefined) {
    return [];
  }
  // Ports of spares come after the last possible seat.
  const last = local.sshPort + (spares > 0 ? LIMITS.seats.max + spares : seats) - 1;
  const what =
    spares > 0 ? `${spares} spares, whose ports come after those of ${LIMITS.seats.max} seats` : `${seats} seats`;
  const message = `${local.sshPort} leaves no ports for ${what}: the last port would be ${last}, and the highest port is ${HIGHEST}`;
  return problemIf(last > HIGHEST, "local.sshPort", message);
}

/** The class's own registry has two ports; on the local target it shares the machine with the seats. */
function checkRegistryPorts({ seats, local, images }: Partial<LabConfig>, isLocal: boolean): SettingProblem[] {
  if (images?.delivery !== "registry" || images.registry !== undefined) {
    return [];
  }
  const { registryPort, registryPullPort } = images;
  const isSame = registryPort === registryPullPort;
  const first = local?.sshPort ?? 0;
  const last = isLocal && local !== undefined && seats !== undefined ? first + seats - 1 : 0;
  return [
    ...problemIf(isSame, "images.registryPullPort", "must not be the same port as images.registryPort"),
    ...Object.entries({ registryPort, registryPullPort }).flatMap(([name, port]) => {
      const message = `${port} is a seat's SSH port; the seats use ports ${first} to ${last}`;
      return problemIf(port >= first && port <= last, `images.${name}`, message);
    }),
  ];
}

function checkPortalPorts({ seats, spares, local, portalPort }: Partial<LabConfig>): SettingProblem[] {
  if (seats === undefined || spares === undefined || local === undefined || portalPort === undefined) {
    return [];
  }
  const first = local.sshPort;
  const own = first + PORTAL_INDEX;
  const tooHigh = `${first} leaves no port for the portal's machine: its SSH port would be ${own}, and the highest port is ${HIGHEST}`;
  const taken = `${portalPort} is one of the class's SSH ports, ${first} to ${own}`;
  return [
    ...problemIf(own > HIGHEST, "local.sshPort", tooHigh),
    ...problemIf(portalPort >= first && portalPort <= own, "portalPort", taken),
  ];
}
