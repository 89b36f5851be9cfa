import type { SettingProblem } from "./checks";
import type { RawConfig } from "./parse";
import { configSchema } from "./schema";
import { settingAt } from "./settings";

/** What the settings of a delivery must be to one another, and to the ports of the seats. */
export function checkDelivery(raw: RawConfig): SettingProblem[] {
  return [...checkUnused(raw), ...checkRegistryPort(raw), ...checkMirror(raw)];
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

/** On the local target the class's own registry and its seats are on one machine. */
function checkRegistryPort(raw: RawConfig): SettingProblem[] {
  const [seats, local, images] = [
    configSchema.shape.seats.safeParse(raw["seats"]).data,
    configSchema.shape.local.safeParse(raw["local"]).data,
    configSchema.shape.images.safeParse(raw["images"]).data,
  ];
  if (images?.delivery !== "registry" || images.registry !== undefined || settingAt(raw, "target") === "aws") {
    return [];
  }
  if (seats === undefined || local === undefined) {
    return [];
  }
  const last = local.sshPort + seats - 1;
  const taken = images.registryPort >= local.sshPort && images.registryPort <= last;
  const message = `${images.registryPort} is the SSH port of a seat: those are ${local.sshPort} to ${last}`;
  return taken ? [{ setting: "images.registryPort", message }] : [];
}
