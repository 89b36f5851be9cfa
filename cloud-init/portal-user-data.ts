import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expiryCommands, hostKeySettings, type UserDataPart, type UserDataValues } from "./user-data";
import { toYaml } from "./yaml";

/** What differs from one portal's machine to another. All values are plain and resolved. */
export type PortalUserDataValues = Pick<UserDataValues, "authorizedKeys" | "hostKey" | "expiry">;

/**
 * User data of the portal's machine. The portal and its Node.js are none of it: they come by SSH, so that another version of it does not
 * mean another machine, and no key of a seat is ever in user data.
 */
export function renderPortalUserData({ authorizedKeys, hostKey, expiry }: PortalUserDataValues): UserDataPart[] {
  const config = {
    hostname: "portal",
    users: [{ name: "root", ssh_authorized_keys: authorizedKeys.map((key) => key.trim()) }],
    disable_root: false,
    ssh_pwauth: false,
    ...hostKeySettings(hostKey),
    no_ssh_fingerprints: true,
    ...expiryCommands(expiry),
    write_files: [file("/etc/ssh/sshd_config.d/10-lab.conf", "0644", "sshd-lab.conf")],
  };
  return [{ filename: "portal.cfg", contentType: "text/cloud-config", content: `#cloud-config\n${toYaml(config)}` }];
}

function file(path: string, permissions: string, source: string) {
  return { path, permissions, content: readFileSync(join(__dirname, "files", source), "utf8") };
}
