import type { ContainerInspectInfo } from "dockerode";
import type { PropertyMap } from "../../../../airgap/plugins/framework/provider";

/** Inputs of a local lab machine. */
export const NODE: PropertyMap = {
  name: "node1",
  image: "lab-nodes/node:1",
  hostname: "node1",
  capabilities: { adds: ["CAP_MKNOD", "CAP_SYS_ADMIN"] },
  securityOpts: ["seccomp=unconfined", "apparmor=unconfined"],
  cgroupnsMode: "host",
  volumes: [{ hostPath: "/sys/fs/cgroup", containerPath: "/sys/fs/cgroup" }, { containerPath: "/var/lib/docker" }],
  tmpfs: { "/run": "", "/tmp": "" },
  uploads: [{ file: "/seed/meta-data", content: "x" }],
  restart: "unless-stopped",
  ports: [{ internal: 22, external: 2201, ip: "127.0.0.1" }],
  labels: [{ label: "lab.seat", value: "seat01" }],
};

/** What the Engine answers about NODE, cut down to what is read. */
export function inspected(
  changes: { host?: object; config?: object; network?: object; state?: object } = {},
): ContainerInspectInfo {
  const answer = {
    Id: "abc",
    Name: "/node1",
    State: { Running: true, ExitCode: 0, ...changes.state },
    Config: {
      Image: "lab-nodes/node:1",
      Hostname: "node1",
      Cmd: ["/sbin/init"],
      Entrypoint: null,
      User: "",
      ...changes.config,
    },
    HostConfig: {
      RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
      CapAdd: ["CAP_MKNOD", "CAP_SYS_ADMIN"],
      SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
      CgroupnsMode: "host",
      NetworkMode: "bridge",
      Tmpfs: { "/run": "", "/tmp": "" },
      ShmSize: 64 * 1024 * 1024,
      LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
      Runtime: "runc",
      ...changes.host,
    },
    NetworkSettings: {
      Bridge: "",
      Ports: { "22/tcp": [{ HostIp: "127.0.0.1", HostPort: "2201" }] },
      Networks: { bridge: { IPAddress: "172.17.0.2", IPPrefixLen: 16, Gateway: "172.17.0.1", MacAddress: "02:42" } },
      ...changes.network,
    },
  };
  return answer as unknown as ContainerInspectInfo;
}
