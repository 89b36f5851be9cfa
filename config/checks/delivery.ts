import type { RawConfig, SettingProblem } from "../raw-config";
import { configSchema } from "../schema";
import { settingAt } from "../settings";

/** Checks the delivery settings against each other and against the ports of the seats. */
export function checkDelivery(raw: RawConfig): SettingProblem[] {
  return [...checkUnused(raw), ...checkRegistryPorts(raw), ...checkMirror(raw)];
}

/** The class's own mirror runs on the Docker Engine of its nodes. */
function checkMirror(raw: RawConfig): SettingProblem[] {
  const elsewhere =
    settingAt(raw, "target") === "aws"
      ? "the target aws"
      : settingAt(raw, "docker.hosts") !== undefined && "a class on several docker.hosts";
  const message = `must be a URL for ${elsewhere}: "class" runs a mirror on the one Docker Engine of all nodes`;
  return elsewhere && settingAt(raw, "images.mirror") === "class" ? [{ setting: "images.mirror", message }] : [];
}

function checkUnused(raw: RawConfig): SettingProblem[] {
  const isUnused = settingAt(raw, "images.registry") !== undefined && settingAt(raw, "images.delivery") !== "registry";
  return isUnused
    ? [{ setting: "images.registry", message: 'must not be set unless images.delivery is "registry"' }]
    : [];
}

/** The class's own registry has two ports; on the local target it shares the machine with the seats. */
function checkRegistryPorts(raw: RawConfig): SettingProblem[] {
  const [seats, local, images] = [
    configSchema.shape.seats.safeParse(raw["seats"]).data,
    configSchema.shape.local.safeParse(raw["local"]).data,
    configSchema.shape.images.safeParse(raw["images"]).data,
  ];
  if (images?.delivery !== "registry" || images.registry !== undefined) {
    return [];
  }
  const same =
    images.registryPort === images.registryPullPort
      ? [{ setting: "images.registryPullPort", message: "must not be the same port as images.registryPort" }]
      : [];
  if (seats === undefined || local === undefined || settingAt(raw, "target") === "aws") {
    return same;
  }
  const last = local.sshPort + seats - 1;
  const ofSeats = (["registryPort", "registryPullPort"] as const)
    .filter((name) => images[name] >= local.sshPort && images[name] <= last)
    .map((name) => ({
      setting: `images.${name}`,
      message: `${images[name]} is a seat's SSH port; the seats use ports ${local.sshPort} to ${last}`,
    }));
  return [...same, ...ofSeats];
}
