import { describe, expect, it } from "vitest";
import {
  createBody,
  networkConnections,
  normalizeCapabilities,
  updateBody,
} from "../../../../airgap/plugins/docker/container/body";
import { decodeLogs } from "../../../../airgap/plugins/docker/container/calls";
import { checkContainer } from "../../../../airgap/plugins/docker/container/check";
import { CONTAINER_INPUTS, NESTED_INPUTS } from "../../../../airgap/plugins/docker/container/schema";
import { readUploads } from "../../../../airgap/plugins/docker/container/uploads";
import { type PropertyMap, UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { NODE } from "./docker-node";

describe("createBody", () => {
  it("asks for what the inputs say", () => {
    expect(createBody(NODE)).toMatchObject({
      Image: "lab-nodes/node:1",
      Hostname: "node1",
      Labels: { "lab.seat": "seat01" },
      ExposedPorts: { "22/tcp": {} },
      Volumes: { "/sys/fs/cgroup": {}, "/var/lib/docker": {} },
      HostConfig: {
        CapAdd: ["CAP_MKNOD", "CAP_SYS_ADMIN"],
        Binds: ["/sys/fs/cgroup:/sys/fs/cgroup:rw"],
        Tmpfs: { "/run": "", "/tmp": "" },
        PortBindings: { "22/tcp": [{ HostIp: "127.0.0.1", HostPort: "2201" }] },
        RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
        NetworkMode: "bridge",
        Privileged: false,
      },
    });
  });

  it("leaves the image's own command, entrypoint and user alone when the program says nothing", () => {
    const body = createBody(NODE);
    for (const name of ["Cmd", "Entrypoint", "Env", "User", "WorkingDir", "StopSignal"]) {
      expect(body).not.toHaveProperty(name);
    }
  });

  it("counts memory in MiB, and keeps -1 for unlimited swap", () => {
    const { HostConfig: host } = createBody({ ...NODE, memory: 512, memorySwap: -1, shmSize: 128 });
    expect(host).toMatchObject({ Memory: 536_870_912, MemorySwap: -1, ShmSize: 134_217_728 });
  });

  it("binds to all addresses, and to a port of the Engine's choice, when the program does not say", () => {
    const ports = [{ internal: 53, protocol: "udp" }];
    const bindings = { "53/udp": [{ HostIp: "0.0.0.0", HostPort: "" }] };
    expect(createBody({ ...NODE, ports }).HostConfig).toMatchObject({ PortBindings: bindings });
  });

  it("mounts volumes by name, read-only when asked", () => {
    const volumes = [{ volumeName: "data", containerPath: "/data", readOnly: true }];
    const mounts = [{ type: "volume", source: "more", target: "/more" }];
    expect(createBody({ ...NODE, volumes, mounts }).HostConfig).toMatchObject({
      Binds: ["data:/data:ro"],
      Mounts: [{ Type: "volume", Source: "more", Target: "/more", ReadOnly: false }],
    });
  });
});

it("updates with all values at once, as a part alone would reset the rest", () => {
  expect(updateBody({ ...NODE, memory: 1 })).toEqual({
    RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
    CpuShares: 0,
    Memory: 1_048_576,
  });
});

it("spells capabilities as the Engine does", () => {
  expect(normalizeCapabilities(["sys_admin", "CAP_MKNOD", "SYS_ADMIN", "ALL"])).toEqual([
    "ALL",
    "CAP_MKNOD",
    "CAP_SYS_ADMIN",
  ]);
});

it("joins networks with their aliases and addresses", () => {
  const networksAdvanced = [{ name: "lab", aliases: ["web"], ipv4Address: "10.0.0.2" }];
  expect(networkConnections({ networksAdvanced })).toEqual([
    { network: "lab", endpoint: { Aliases: ["web"], IPAMConfig: { IPv4Address: "10.0.0.2" } } },
  ]);
});

describe("readUploads", () => {
  it("decodes, and lets permissions win over executable", () => {
    const uploads = [
      { file: "/etc/a", content: "é" },
      { file: "/b", contentBase64: Buffer.from([0, 255]).toString("base64"), executable: true },
      { file: "/c", content: "s", executable: true, permissions: "0600" },
    ];
    expect(readUploads({ uploads })).toEqual([
      { name: "etc/a", mode: 0o644, content: Buffer.from("é") },
      { name: "b", mode: 0o744, content: Buffer.from([0, 255]) },
      { name: "c", mode: 0o600, content: Buffer.from("s") },
    ]);
  });
});

describe("checkContainer", () => {
  const failures = (change: PropertyMap) =>
    checkContainer({ ...NODE, ...change }).failures.map(({ property }) => property);

  it("has nothing against a lab machine, nor against what is not known yet", () => {
    expect(failures({})).toEqual([]);
    expect(
      failures({ name: UNKNOWN, uploads: [{ file: "/a", content: UNKNOWN }], memory: UNKNOWN, mounts: UNKNOWN }),
    ).toEqual([]);
  });

  it.each<[PropertyMap, string]>([
    [{ name: "" }, "name"],
    [{ restart: "sometimes" }, "restart"],
    [{ cgroupnsMode: "shared" }, "cgroupnsMode"],
    [{ memory: -1 }, "memory"],
    [{ command: ["a", ""] }, "command"],
    [{ mounts: [{ target: "/a", type: "nfs" }] }, "mounts[0].type"],
    [{ mounts: [{ target: "/a", type: "bind", bindOptions: { propagation: "shared" } }] }, "mounts[0].bindOptions"],
    [{ volumes: [{ hostPath: "/a" }] }, "volumes[0]"],
    [{ volumes: [{ hostPath: "a", containerPath: "/a" }] }, "volumes[0].hostPath"],
    [{ uploads: [{ file: "/a" }] }, "uploads[0]"],
    [{ uploads: [{ file: "/a", content: "a", contentBase64: "YQ==" }] }, "uploads[0]"],
    [{ uploads: [{ file: "/a", content: "a", permissions: "600" }] }, "uploads[0].permissions"],
    [{ uploads: [{ file: "/a", source: "a" }] }, "uploads[0].source"],
  ])("refuses %j at %s", (change, property) => {
    expect(failures(change)).toContain(property);
  });

  it("says of a mount without a type that it is missing, and of what is not implemented which plugin refuses it", () => {
    const { failures: found } = checkContainer({ ...NODE, mounts: [{ target: "/a", size: 1 }] });
    expect(found.map(({ reason }) => reason)).toEqual([
      'the air-gapped docker plugin does not implement "mounts[0].size"; inside "mounts" it implements only readOnly, source, target, type. Remove it, or use the official plugin.',
      "mounts[0].type is missing; it must be one of bind, volume, tmpfs",
    ]);
  });

  it("knows a rule for every input that has members", () => {
    expect(Object.keys(CONTAINER_INPUTS)).toEqual(expect.arrayContaining(Object.keys(NESTED_INPUTS)));
  });
});

describe("decodeLogs", () => {
  const piece = (text: string) =>
    Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, Buffer.byteLength(text)]), Buffer.from(text)]);

  it("joins the pieces of both streams", () => {
    expect(decodeLogs(Buffer.concat([piece("one\n"), piece("two\n")]))).toBe("one\ntwo\n");
  });

  it("takes a terminal's output as it is", () => {
    expect(decodeLogs(Buffer.from("plain terminal output"))).toBe("plain terminal output");
    expect(decodeLogs(Buffer.from("\u0001control first"))).toBe("\u0001control first");
  });
});
