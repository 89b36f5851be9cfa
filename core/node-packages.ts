/** Packages of every node, by the same name in every distribution: what students, the portal and our scripts use. */
export const NODE_TOOLS: readonly string[] = [
  "bash-completion",
  "ca-certificates",
  "curl",
  "git",
  "gnupg",
  "jq",
  "less",
  "lsb-release",
  "nano",
  "tmux",
  // The lesson's `vi`; `vim` is a name of the same program until a student installs the larger one.
  "vim-tiny",
  "wget",
];

/** Why no node can be made from an image with this os-release file; undefined where one can. "none": it has no such file. */
export function unsupportedBase(osRelease: string): string | undefined {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)["']?$`, "m").exec(osRelease)?.[1] ?? "";
  if (Object.hasOwn(DOCKER_PACKAGES, `${value("ID")} ${value("VERSION_ID")}`)) {
    return undefined;
  }
  const found = value("PRETTY_NAME") || "an image without an os-release file";
  return `is ${found}; a node needs one of these, with apt: ${Object.keys(DOCKER_PACKAGES).join(", ")}`;
}

const UBUNTU = ["docker.io", "docker-buildx", "docker-compose-v2"];

/**
 * The distributions that a machine can run, as `ID VERSION_ID` of os-release, and their packages for Docker Engine, its
 * client, buildx and Compose v2. Debian 12 has neither buildx nor Compose v2; its client builds with BuildKit by itself.
 */
export const DOCKER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "debian 12": ["docker.io"],
  "debian 13": ["docker.io", "docker-cli", "docker-buildx", "docker-compose"],
  "ubuntu 22.04": UBUNTU,
  "ubuntu 24.04": UBUNTU,
  "ubuntu 26.04": UBUNTU,
};
