import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Expiry } from "../config/expiry";

/** Where Docker comes from: the distribution's package, or Docker's own apt repository. */
export type DockerPackage = "distribution" | "docker";

/** What differs from node to node and from class to class. All values are plain and resolved. */
export interface UserDataValues {
  /** Host name of the node, e.g. `node1`. */
  readonly hostname: string;
  /** Public keys, in OpenSSH's format, that may log in as root and as student. */
  readonly authorizedKeys: readonly string[];
  /** The node's SSH host key, an ED25519 pair in OpenSSH's format. */
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string };
  readonly dockerPackage: DockerPackage;
  /** When the machine switches itself off. Undefined: never. */
  readonly expiry: Expiry | undefined;
}

/** One part of multi-part user data. */
export interface UserDataPart {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** A file of ours that cloud-init writes onto the node. */
interface NodeFile {
  readonly source: string;
  readonly path: string;
  readonly permissions: string;
}

const INSTALL_DOCKER = "/usr/local/lib/lab-nodes/install-docker.sh";

const FILES_ON_EVERY_NODE: readonly NodeFile[] = [
  { source: "daemon.json", path: "/etc/docker/daemon.json", permissions: "0644" },
  { source: "sshd-lab.conf", path: "/etc/ssh/sshd_config.d/10-lab.conf", permissions: "0644" },
];

/** How each kind of Docker package gets onto a node. Further tools (Trivy) join as further entries of this shape. */
const DOCKER_INSTALLATIONS: Readonly<Record<DockerPackage, Installation>> = {
  distribution: { files: [], packages: ["docker.io"], commands: [] },
  docker: {
    files: [{ source: "install-docker.sh", path: INSTALL_DOCKER, permissions: "0755" }],
    packages: ["ca-certificates", "curl", "gnupg"],
    commands: [[INSTALL_DOCKER]],
  },
};

interface Installation {
  readonly files: readonly NodeFile[];
  readonly packages: readonly string[];
  /** Run in order at the end of the first boot, each as an argument list. */
  readonly commands: readonly (readonly string[])[];
}

/**
 * User data of a node, as parts for `cloudinit.Config`. The same values give the same text, so that a node is replaced
 * only when something about it has changed.
 */
export function renderUserData(values: UserDataValues): UserDataPart[] {
  return [{ filename: "node.cfg", contentType: "text/cloud-config", content: renderCloudConfig(values) }];
}

function renderCloudConfig(values: UserDataValues): string {
  const docker = DOCKER_INSTALLATIONS[values.dockerPackage];
  const keys = values.authorizedKeys.map((key) => key.trim());
  const config = {
    hostname: values.hostname,
    // Generating locales takes seconds and the lesson needs none.
    locale: false,
    // Node images keep the apt sources they were built with: in an air-gapped class those name the only mirror there is.
    apt: { conf: 'APT::Install-Recommends "false";\n' },
    package_update: true,
    packages: docker.packages,
    // The group has to be there before the user, and the user before the package that would make the group.
    groups: ["docker"],
    users: [
      { name: "root", ssh_authorized_keys: keys },
      {
        name: "student",
        gecos: "Student",
        groups: ["docker", "sudo"],
        shell: "/bin/bash",
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        lock_passwd: true,
        ssh_authorized_keys: keys,
      },
    ],
    disable_root: false,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: values.hostKey.privateKey, ed25519_public: values.hostKey.publicKey.trim() },
    no_ssh_fingerprints: true,
    ...expiryCommands(values.expiry),
    write_files: [...FILES_ON_EVERY_NODE, ...docker.files].map(writeFile),
    ...(docker.commands.length > 0 ? { runcmd: docker.commands } : {}),
  };
  return `#cloud-config\n${stringify(config, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function writeFile(file: NodeFile) {
  return {
    path: file.path,
    permissions: file.permissions,
    content: readFile(file.source),
  };
}

/** Run before packages are installed, and before files are written: hence the files go along as arguments. */
function expiryCommands(expiry: Expiry | undefined) {
  if (expiry === undefined) {
    return {};
  }
  const [script, service, timer] = ["arm-expiry.sh", "lab-nodes-expire.service", "lab-nodes-expire.timer"].map(
    readFile,
  );
  return { bootcmd: [["bash", "-c", script, "arm-expiry", JSON.stringify(expiry), service, timer]] };
}

function readFile(source: string): string {
  return readFileSync(join(__dirname, "files", source), "utf8");
}
