import { hostsIn, serverOf } from "../../../../config/hosts";
import type { RawConfig } from "../../../../config/raw-config";
import { settingAt } from "../../../../config/settings";
import { LabError } from "../../../../core/errors";

/**
 * The Engine in a stack's settings on which a bake is made, for all its hosts: `lab up` copies it to the others. Undefined
 * where none is named.
 */
export function bakingHost(raw: RawConfig): string | undefined {
  const { hosts } = hostsIn(raw);
  const here = hosts.find((host) => serverOf(host) === undefined);
  if (hosts.length > 0 && here === undefined) {
    throw new LabError("A bake is made on an Engine of this machine, and none is among docker.hosts.", {
      exitCode: 2,
      hint: "Put this machine's own into the list, as unix:///var/run/docker.sock. ./lab up copies bakes to the other hosts.",
    });
  }
  const configured = settingAt(raw, "docker.host");
  return here ?? (configured === undefined ? undefined : String(configured));
}
