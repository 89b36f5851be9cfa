import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Expiry } from "../config/expiry";
import { DOCKER_PACKAGES, NODE_TOOLS } from "../core/node-packages";
import { toYaml } from "./yaml";

/** Where Docker comes from: the distribution's package, or Docker's own apt repository, each package in its version. */
export type DockerInstallation = (
  | { readonly package: "distribution" }
  | { readonly package: "docker"; readonly versions: Readonly<Record<string, string>> }
) & {
  /** URL of a pull-through mirror that is asked before Docker Hub. */
  readonly mirror?: string | undefined;
};

/** The Trivy of a node: the content of its `/etc/lab-nodes/trivy.json`, for install-trivy.sh. */
export interface TrivyInstallation {
  readonly version: string;
  /** URL of the release archive, or its path on the node. */
  readonly archive: string;
  readonly sha256: string;
  readonly database: TrivyDatabase;
}

/** Where the vulnerability database comes from. No repositories: Trivy's own. */
export type TrivyDatabase =
  | { readonly kind: "registry"; readonly repositories: readonly string[] }
  | { readonly kind: "baked"; readonly archive: string; readonly sha256: string };

/** What differs from node to node and from class to class. All values are plain and resolved. */
export interface UserDataValues {
  /** Host name of the node, e.g. `node1`. */
  readonly hostname: string;
  /** Public keys, in OpenSSH's format, that may log in as root and as student. */
  readonly authorizedKeys: readonly string[];
  /** Public keys that may log in as student alone. */
  readonly studentKeys: readonly string[];
  /** The node's SSH host key, an ED25519 pair in OpenSSH's format. Without its private half: that is on the node before. */
  readonly hostKey: { readonly privateKey?: string; readonly publicKey: string };
  readonly docker: DockerInstallation;
  readonly trivy: TrivyInstallation;
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

/** An entry of cloud-init's `write_files`. */
interface CloudFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
  readonly append?: true;
}

const INSTALL_PACKAGES = "/usr/local/lib/lab-nodes/install-packages.sh";
const INSTALL_DOCKER = "/usr/local/lib/lab-nodes/install-docker.sh";
const INSTALL_TRIVY = "/usr/local/lib/lab-nodes/install-trivy.sh";

const SSHD_SETTINGS: NodeFile = {
  source: "sshd-lab.conf",
  path: "/etc/ssh/sshd_config.d/10-lab.conf",
  permissions: "0644",
};

const FILES_ON_EVERY_NODE: readonly NodeFile[] = [
  SSHD_SETTINGS,
  { source: "sudoers-trivy", path: "/etc/sudoers.d/lab-nodes-trivy", permissions: "0440" },
  { source: "install-packages.sh", path: INSTALL_PACKAGES, permissions: "0755" },
  { source: "install-trivy.sh", path: INSTALL_TRIVY, permissions: "0755" },
  { source: "trivy.sh", path: "/usr/local/lib/lab-nodes/trivy.sh", permissions: "0755" },
];

/**
 * User data of a node, as parts for `cloudinit.getConfig`. The same values give the same text, so that a node is replaced
 * only when something about it has changed.
 */
export function renderUserData(values: UserDataValues): UserDataPart[] {
  return [{ filename: "node.cfg", contentType: "text/cloud-config", content: renderCloudConfig(values) }];
}

function renderCloudConfig(values: UserDataValues): string {
  const docker = dockerParts(values.docker);
  const keys = values.authorizedKeys.map((key) => key.trim());
  const config = {
    hostname: values.hostname,
    // Node images keep the apt sources they were built with: in an air-gapped class those name the only mirror there is.
    apt: { conf: 'APT::Install-Recommends "false";\n' },
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
        ssh_authorized_keys: [...keys, ...values.studentKeys.map((key) => key.trim())],
      },
    ],
    disable_root: false,
    ssh_pwauth: false,
    ...hostKeySettings(values.hostKey),
    no_ssh_fingerprints: true,
    ...expiryCommands(values.expiry),
    write_files: [
      daemonSettings(values.docker),
      ...FILES_ON_EVERY_NODE.map(writeFile),
      packageTable(docker.packages),
      ...docker.files,
      ...trivyFiles(values.trivy),
    ],
    // Packages by a script, not by cloud-init, which asks the mirrors even where nothing is to be installed.
    // The first that fails ends them all: cloud-init reports how the last command ended, and the gate then tries them again.
    runcmd: [["set", "-e"], [INSTALL_PACKAGES], ...docker.commands, [INSTALL_TRIVY]],
  };
  return `#cloud-config\n${toYaml(config)}`;
}

/** With a key named here, be it the public half alone, cloud-init makes none of its own. */
function hostKeySettings({ privateKey, publicKey }: UserDataValues["hostKey"]) {
  return {
    ssh_deletekeys: privateKey !== undefined,
    ssh_keys: { ...(privateKey && { ed25519_private: privateKey }), ed25519_public: publicKey.trim() },
  };
}

/**
 * User data of the portal's machine. The portal and its Node.js are not part of it: they are installed by SSH, so that another
 * version of them does not mean another machine, and no key of a seat is ever in user data.
 */
export function renderPortalUserData({
  authorizedKeys,
  hostKey,
  expiry,
}: Pick<UserDataValues, "authorizedKeys" | "hostKey" | "expiry">): UserDataPart[] {
  const config = {
    hostname: "portal",
    users: [{ name: "root", ssh_authorized_keys: authorizedKeys.map((key) => key.trim()) }],
    disable_root: false,
    ssh_pwauth: false,
    ...hostKeySettings(hostKey),
    no_ssh_fingerprints: true,
    ...expiryCommands(expiry),
    write_files: [writeFile(SSHD_SETTINGS)],
  };
  return [{ filename: "portal.cfg", contentType: "text/cloud-config", content: `#cloud-config\n${toYaml(config)}` }];
}

/** What installs Docker: files, packages by distribution, and commands at the end of the first boot, as argument lists. */
function dockerParts(docker: DockerInstallation) {
  if (docker.package === "distribution") {
    return { files: [], packages: DOCKER_PACKAGES, commands: [] };
  }
  const script = { source: "install-docker.sh", path: INSTALL_DOCKER, permissions: "0755" };
  const files = [writeFile(script), writeJson("/etc/lab-nodes/docker.json", docker.versions)];
  return { files, packages: NO_DOCKER_PACKAGES, commands: [[INSTALL_DOCKER]] };
}

/** The same distributions, without packages of their own for Docker. */
const NO_DOCKER_PACKAGES = Object.fromEntries(Object.keys(DOCKER_PACKAGES).map((distribution) => [distribution, []]));

/** The table of packages, for install-packages.sh: user data is the same for every distribution. */
function packageTable(packages: Readonly<Record<string, readonly string[]>>): CloudFile {
  const rows = Object.entries({ all: NODE_TOOLS, ...packages });
  const content = rows.map(([distribution, names]) => `${[`${distribution}:`, ...names].join(" ")}\n`).join("");
  return { path: "/etc/lab-nodes/packages", permissions: "0644", content };
}

function trivyFiles(trivy: TrivyInstallation): CloudFile[] {
  return [
    writeJson("/etc/lab-nodes/trivy.json", trivy),
    { path: "/etc/environment", permissions: "0644", append: true, content: loginEnvironment(trivy.database) },
  ];
}

/**
 * The locale and settings of Trivy for every login, read by PAM. The database is installed when the class is created: no
 * student's scan downloads anything or meets a rate limit.
 */
function loginEnvironment(database: TrivyDatabase): string {
  const names = [
    "TRIVY_SKIP_DB_UPDATE",
    "TRIVY_SKIP_JAVA_DB_UPDATE",
    "TRIVY_SKIP_VERSION_CHECK",
    "TRIVY_DISABLE_TELEMETRY",
    ...(database.kind === "baked" ? ["TRIVY_OFFLINE_SCAN"] : []),
  ];
  return `LANG=C.UTF-8\n${names.map((name) => `${name}=true\n`).join("")}`;
}

function daemonSettings({ mirror }: DockerInstallation): CloudFile {
  const path = "/etc/docker/daemon.json";
  return mirror === undefined
    ? writeFile({ source: "daemon.json", path, permissions: "0644" })
    : writeJson(path, { ...JSON.parse(readFile("daemon.json")), "registry-mirrors": [mirror] });
}

function writeJson(path: string, value: unknown): CloudFile {
  return { path, permissions: "0644", content: `${JSON.stringify(value, null, 2)}\n` };
}

function writeFile({ source, path, permissions }: NodeFile): CloudFile {
  return { path, permissions, content: readFile(source) };
}

/** Run before packages are installed, and before files are written: hence the files go along as arguments. */
function expiryCommands(expiry: Expiry | undefined) {
  if (expiry === undefined) {
    return {};
  }
  const files = ["arm-expiry.sh", "lab-nodes-expire.service", "lab-nodes-expire.timer"];
  const [script, service, timer] = files.map(readFile);
  return { bootcmd: [["bash", "-c", script, "arm-expiry", JSON.stringify(expiry), service, timer]] };
}

function readFile(source: string): string {
  return readFileSync(join(__dirname, "files", source), "utf8");
}
