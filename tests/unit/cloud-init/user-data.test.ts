import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderUserData, type UserDataValues } from "../../../cloud-init/user-data";

const VALUES: UserDataValues = {
  hostname: "node1",
  authorizedKeys: ["ssh-ed25519 AAAA operator\n"],
  studentKeys: ["ssh-ed25519 CCCC student\n"],
  hostKey: { privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", publicKey: "ssh-ed25519 BBBB\n" },
  docker: { package: "distribution" },
  trivy: {
    version: "0.74.0",
    archive: "https://mirror.example/trivy.tar.gz?a=1&b='\"$(id)",
    sha256: "5e".repeat(32),
    database: { kind: "registry", repositories: ["mirror.example/trivy-db:2"] },
  },
  expiry: undefined,
};

const DOCKER = { package: "docker", versions: { "docker-ce": "5:28.5.2-1", "containerd.io": "1.7.29-1" } } as const;
const BAKED = { kind: "baked", archive: "/opt/lab-nodes/artefacts/db.tar.gz", sha256: "db".repeat(32) } as const;

interface CloudConfig {
  readonly runcmd: string[][];
  readonly write_files: { path: string; permissions: string; content: string; append?: true }[];
  readonly [key: string]: unknown;
}

function cloudConfig(values: Partial<UserDataValues> = {}): CloudConfig {
  const [part] = renderUserData({ ...VALUES, ...values });
  expect(part?.content.startsWith("#cloud-config\n")).toBe(true);
  return parse(part?.content ?? "") as CloudConfig;
}

/** The table of packages: distribution -> names. */
function packagesOf(config: CloudConfig): Record<string, string[]> {
  expect(config.runcmd.slice(0, 2)).toEqual([["set", "-e"], ["/usr/local/lib/lab-nodes/install-packages.sh"]]);
  const rows = fileOf(config, "/etc/lab-nodes/packages")?.content.trimEnd().split("\n") ?? [];
  return Object.fromEntries(
    rows.map((row) => {
      const [distribution = "", names = ""] = row.split(":");
      return [distribution, names.split(" ").filter(Boolean)];
    }),
  );
}

function fileOf(config: CloudConfig, path: string) {
  return config.write_files.find((file) => file.path === path);
}

describe("renderUserData", () => {
  test("is one cloud-config part", () => {
    expect(renderUserData(VALUES)).toMatchObject([{ contentType: "text/cloud-config", filename: "node.cfg" }]);
  });

  test("gives the same text for the same values", () => {
    expect(renderUserData(VALUES)).toEqual(renderUserData(structuredClone(VALUES)));
  });

  test("has Docker ask a mirror first where there is one, and says nothing of mirrors otherwise", () => {
    const settings = (mirror?: string) =>
      JSON.parse(
        fileOf(cloudConfig({ docker: { package: "distribution", mirror } }), "/etc/docker/daemon.json")?.content ?? "",
      );
    expect(settings("http://mirror.example")).toEqual({ ...settings(), "registry-mirrors": ["http://mirror.example"] });
    expect(settings()).not.toHaveProperty("registry-mirrors");
  });

  test("installs the distribution's Docker by package alone", () => {
    const config = cloudConfig();
    expect(packagesOf(config)).toMatchObject({
      "debian 12": ["docker.io"],
      "debian 13": ["docker.io", "docker-cli", "docker-buildx", "docker-compose"],
      "ubuntu 24.04": ["docker.io", "docker-buildx", "docker-compose-v2"],
    });
    expect(config.runcmd.slice(2)).toEqual([["/usr/local/lib/lab-nodes/install-trivy.sh"]]);
  });

  test("installs Docker's own packages by a script that it carries", () => {
    const config = cloudConfig({ docker: DOCKER });
    expect(packagesOf(config)).toMatchObject({ "debian 12": [], "debian 13": [], "ubuntu 24.04": [] });
    const script = fileOf(config, config.runcmd[2]?.[0] ?? "");
    expect(script).toMatchObject({
      permissions: "0755",
      content: expect.stringContaining("/etc/lab-nodes/docker.json"),
    });
    expect(JSON.parse(fileOf(config, "/etc/lab-nodes/docker.json")?.content ?? "")).toEqual(DOCKER.versions);
  });

  test.each([[VALUES.docker], [DOCKER]])("brings the lesson's tools with Docker as %j", (docker) => {
    const { all = [] } = packagesOf(cloudConfig({ docker }));
    const tools = ["bash-completion", "curl", "git", "gnupg", "jq", "less", "nano", "tmux", "vim-tiny", "wget"];
    expect(all).toEqual(expect.arrayContaining(tools));
    expect(new Set(all).size).toBe(all.length);
  });

  test("installs packages by a script, since cloud-init itself asks the mirrors at every first boot", () => {
    const config = cloudConfig();
    expect(fileOf(config, config.runcmd[1]?.[0] ?? "")).toMatchObject({ permissions: "0755" });
    expect(config).not.toHaveProperty("packages");
    expect(config).not.toHaveProperty("package_update");
  });

  test("installs Trivy last, by a script that it carries and a plan as JSON", () => {
    const config = cloudConfig({ docker: DOCKER });
    const script = fileOf(config, config.runcmd.at(-1)?.[0] ?? "");
    expect(script).toMatchObject({
      permissions: "0755",
      content: expect.stringContaining("/etc/lab-nodes/trivy.json"),
    });
    const plan = fileOf(config, "/etc/lab-nodes/trivy.json");
    expect(JSON.parse(plan?.content ?? "")).toEqual(VALUES.trivy);
    expect(config.runcmd.flat().join()).not.toContain("mirror.example");
  });

  test("gives every login a UTF-8 locale, and tells its Trivy to download nothing, under sudo too", () => {
    const environment = fileOf(cloudConfig(), "/etc/environment");
    expect(environment).toMatchObject({ append: true });
    expect(environment?.content.split("\n")).toEqual([
      "LANG=C.UTF-8",
      "TRIVY_SKIP_DB_UPDATE=true",
      "TRIVY_SKIP_JAVA_DB_UPDATE=true",
      "TRIVY_SKIP_VERSION_CHECK=true",
      "TRIVY_DISABLE_TELEMETRY=true",
      "",
    ]);
    const sudoers = fileOf(cloudConfig(), "/etc/sudoers.d/lab-nodes-trivy");
    expect(sudoers).toMatchObject({
      permissions: "0440",
      content: expect.stringMatching(/^Defaults env_keep \+= "TRIVY_\*"\n$/m),
    });
  });

  test("leaves scans offline where the database is baked", () => {
    const config = cloudConfig({ trivy: { ...VALUES.trivy, database: BAKED } });
    expect(fileOf(config, "/etc/environment")?.content).toContain("TRIVY_OFFLINE_SCAN=true\n");
  });

  test("fits, packed, into the 16 KB that a cloud takes", () => {
    const [part] = renderUserData({ ...VALUES, docker: DOCKER });
    expect(gzipSync(part?.content ?? "").length).toBeLessThan(16 * 1024);
  });

  test("turns BuildKit on before Docker starts for the first time", () => {
    const daemon = fileOf(cloudConfig(), "/etc/docker/daemon.json");
    expect(JSON.parse(daemon?.content ?? "")).toMatchObject({
      features: { buildkit: true, "containerd-snapshotter": false },
    });
  });

  test("gives the node our host key and no other", () => {
    expect(cloudConfig()).toMatchObject({
      ssh_deletekeys: true,
      ssh_keys: { ed25519_private: VALUES.hostKey.privateKey, ed25519_public: "ssh-ed25519 BBBB" },
    });
  });

  test("leaves a host key that is on the node before alone, and has cloud-init make no other", () => {
    const { publicKey } = VALUES.hostKey;
    const [part] = renderUserData({ ...VALUES, hostKey: { publicKey } });
    expect(parse(part?.content ?? "")).toMatchObject({
      ssh_deletekeys: false,
      ssh_keys: { ed25519_public: "ssh-ed25519 BBBB" },
    });
    expect(part?.content).not.toContain("PRIVATE KEY");
  });

  test("lets root and student in by key alone, the seat's own key for student only", () => {
    const config = cloudConfig();
    expect(config).toMatchObject({ ssh_pwauth: false, disable_root: false });
    expect(config["users"]).toEqual([
      { name: "root", ssh_authorized_keys: ["ssh-ed25519 AAAA operator"] },
      expect.objectContaining({
        name: "student",
        groups: ["docker", "sudo"],
        lock_passwd: true,
        ssh_authorized_keys: ["ssh-ed25519 AAAA operator", "ssh-ed25519 CCCC student"],
      }),
    ]);
  });

  test.each([["node1"], ["a: b # c"], ["'\"\n\t{}"]])("survives the text %j unharmed", (text) => {
    expect(cloudConfig({ hostname: text })).toMatchObject({ hostname: text });
  });
});
