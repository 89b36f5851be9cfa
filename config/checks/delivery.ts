import type { RawConfig, SettingProblem } from "../raw-config";
import { configSchema } from "../schema";
import { settingAt } from "../settings";

/** What the settings of a delivery must be to one another, and to the ports of the seats. */
export function checkDelivery(raw: RawConfig): SettingProblem[] {
  return [...checkUnused(raw), ...checkRegistryPorts(raw), ...checkMirror(raw)];
}

/** The class's own mirror is beside its nodes on a Docker Engine. */
function checkMirror(raw: RawConfig): SettingProblem[] {
  const elsewhere =
    settingAt(raw, "target") === "aws"
      ? "the target aws"
      : settingAt(raw, "docker.hosts") !== undefined && "a class on several docker.hosts";
  const message = `must be a URL for ${elsewhere}: "class" is a mirror on the one Docker Engine that nodes run on`;
  return elsewhere && settingAt(raw, "images.mirror") === "class" ? [{ setting: "images.mirror", message }] : [];
}

function checkUnused(raw: RawConfig): SettingProblem[] {
  const isUnused = settingAt(raw, "images.registry") !== undefined && settingAt(raw, "images.delivery") !== "registry";
  return isUnused
    ? [{ setting: "images.registry", message: 'must not be set unless images.delivery is "registry"' }]
    : [];
}

/** The class's own registry has two ports, and on the local target its seats are on the same machine. */
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
      message: `${images[name]} is the SSH port of a seat: those are ${local.sshPort} to ${last}`,
    }));
  return [...same, ...ofSeats];
}
