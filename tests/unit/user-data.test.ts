import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderUserData, type UserDataValues } from "../../cloud-init/user-data";

const VALUES: UserDataValues = {
  hostname: "node1",
  authorizedKeys: ["ssh-ed25519 AAAA operator\n"],
  hostKey: { privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", publicKey: "ssh-ed25519 BBBB\n" },
  dockerPackage: "distribution",
  expiry: undefined,
};

interface CloudConfig {
  readonly packages: string[];
  readonly runcmd?: string[][];
  readonly write_files: { path: string; permissions: string; content: string }[];
  readonly [key: string]: unknown;
}

function cloudConfig(values: Partial<UserDataValues> = {}): CloudConfig {
  const [part] = renderUserData({ ...VALUES, ...values });
  expect(part?.content.startsWith("#cloud-config\n")).toBe(true);
  return parse(part?.content ?? "") as CloudConfig;
}

describe("renderUserData", () => {
  test("is one cloud-config part", () => {
    expect(renderUserData(VALUES)).toMatchObject([{ contentType: "text/cloud-config", filename: "node.cfg" }]);
  });

  test("gives the same text for the same values", () => {
    expect(renderUserData(VALUES)).toEqual(renderUserData(structuredClone(VALUES)));
  });

  test("installs the distribution's Docker by package alone", () => {
    const config = cloudConfig();
    expect(config.packages).toEqual(["docker.io"]);
    expect(config.runcmd).toBeUndefined();
  });

  test("installs Docker's own packages by a script that it carries", () => {
    const config = cloudConfig({ dockerPackage: "docker" });
    expect(config.packages).not.toContain("docker.io");
    const [command] = config.runcmd ?? [];
    const script = config.write_files.find(({ path }) => path === command?.[0]);
    expect(script).toMatchObject({ permissions: "0755", content: expect.stringContaining("docker-ce") });
  });

  test("turns BuildKit on before Docker starts for the first time", () => {
    const daemon = cloudConfig().write_files.find(({ path }) => path === "/etc/docker/daemon.json");
    expect(JSON.parse(daemon?.content ?? "")).toMatchObject({ features: { buildkit: true } });
  });

  test("gives the node our host key and no other", () => {
    expect(cloudConfig()).toMatchObject({
      ssh_deletekeys: true,
      ssh_keys: { ed25519_private: VALUES.hostKey.privateKey, ed25519_public: "ssh-ed25519 BBBB" },
    });
  });

  test("lets root and student in by key alone", () => {
    const config = cloudConfig();
    expect(config).toMatchObject({ ssh_pwauth: false, disable_root: false });
    expect(config["users"]).toEqual([
      { name: "root", ssh_authorized_keys: ["ssh-ed25519 AAAA operator"] },
      expect.objectContaining({
        name: "student",
        groups: ["docker", "sudo"],
        lock_passwd: true,
        ssh_authorized_keys: ["ssh-ed25519 AAAA operator"],
      }),
    ]);
  });

  test.each([["node1"], ["a: b # c"], ["'\"\n\t{}"]])("survives the text %j unharmed", (text) => {
    expect(cloudConfig({ hostname: text })).toMatchObject({ hostname: text });
  });
});
