import type { LockNetwork } from "../../../cli/workflows/lock/network";
import type { OpenLock } from "../../../config/lock";

export const DIGEST = { old: `sha256:${"a".repeat(64)}`, today: `sha256:${"b".repeat(64)}` };
export const SUM = { amd64: "1".repeat(64), arm64: "2".repeat(64), other: "3".repeat(64) };

const release = (name: string) =>
  `https://github.com/aquasecurity/trivy/releases/download/v0.74.0/trivy_0.74.0_${name}.tar.gz`;

/** A complete lock file. */
export const LOCK: OpenLock = {
  trivy: {
    version: "0.74.0",
    archives: {
      "linux/amd64": { url: release("Linux-64bit"), sha256: SUM.amd64 },
      "linux/arm64": { url: release("Linux-ARM64"), sha256: SUM.arm64 },
    },
  },
  node: {
    version: "24.22.3",
    integrity: { "linux/amd64": `sha512-${"A".repeat(86)}==`, "linux/arm64": `sha512-${"B".repeat(86)}==` },
  },
  images: {
    alpine: `alpine:3.22@${DIGEST.old}`,
    ubuntu: `ubuntu:24.04@${DIGEST.old}`,
    debian: `debian:bookworm-slim@${DIGEST.old}`,
  },
  aws: { images: {} },
  docker: {
    "docker-ce": "5:28.5.2-1",
    "docker-ce-cli": "5:28.5.2-1",
    "containerd.io": "1.7.29-1",
    "docker-buildx-plugin": "0.30.1-1",
    "docker-compose-plugin": "2.40.3-1",
  },
  packages: { "debian 12": { "docker.io": "20.10.24" } },
};

/** A published list of sums for a version, as sha256sum writes it. */
export function checksums(version: string, { amd64 = SUM.amd64, arm64 = SUM.arm64 } = {}): string {
  return [
    `${SUM.other}  trivy_${version}_Windows-64bit.zip`,
    `${amd64}  trivy_${version}_Linux-64bit.tar.gz`,
    `${arm64}  trivy_${version}_Linux-ARM64.tar.gz`,
    "",
  ].join("\n");
}

/** An internet that has these texts and digests, and nothing else; it remembers what it was asked. */
export class FakeNetwork implements LockNetwork {
  readonly asked: string[] = [];

  constructor(
    private readonly texts: Readonly<Record<string, string>> = {},
    private readonly digests: Readonly<Record<string, string>> = {},
    /** By region and architecture: "eu-central-1 amd64". */
    private readonly machineImages: Readonly<Record<string, string>> = {},
  ) {}

  async text(url: string): Promise<string> {
    return this.#answer(url, this.texts[url.slice(url.lastIndexOf("/") + 1)]);
  }

  async digest(image: string): Promise<string> {
    return this.#answer(image, this.digests[image]);
  }

  async machineImage(region: string, architecture: string): Promise<string> {
    const what = `${region} ${architecture}`;
    return this.#answer(what, this.machineImages[what]);
  }

  #answer(what: string, answer: string | undefined): string {
    this.asked.push(what);
    if (answer === undefined) {
      throw new Error("getaddrinfo ENOTFOUND");
    }
    return answer;
  }
}
