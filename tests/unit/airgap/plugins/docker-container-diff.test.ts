import { describe, expect, it } from "vitest";
import { diffContainer } from "../../../../airgap/plugins/docker/container/compare";
import { UNFINISHED } from "../../../../airgap/plugins/docker/container/schema";
import { inputsAfterRead, stateAfterCreate, stateAfterRead } from "../../../../airgap/plugins/docker/container/state";
import { UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { inspected, NODE } from "./docker-node";

const created = () => stateAfterCreate(NODE, inspected());

describe("diffContainer", () => {
  it("finds nothing after create, and nothing after a refresh", () => {
    expect(diffContainer(created(), NODE).changed).toEqual([]);
    expect(diffContainer(stateAfterRead(created(), inspected()), NODE).changed).toEqual([]);
  });

  it.each([
    ["hostname", { hostname: "node2" }],
    ["image", { image: "lab-nodes/node:2" }],
    ["ports", { ports: [{ internal: 22, external: 2202, ip: "127.0.0.1" }] }],
    ["uploads", { uploads: [{ file: "/seed/meta-data", content: "y" }] }],
    ["labels", { labels: [{ label: "lab.seat", value: "seat02" }] }],
    ["capabilities", { capabilities: { adds: ["CAP_MKNOD"] } }],
    ["volumes", { volumes: [] }],
    ["privileged", { privileged: true }],
    ["networkMode", { networkMode: "host" }],
  ])("replaces on a changed %s, the old one first since the name is the same", (name, change) => {
    expect(diffContainer(created(), { ...NODE, ...change })).toEqual({
      changed: [name],
      replaces: [name],
      deleteBeforeReplace: true,
    });
  });

  it.each([
    ["restart", { restart: "always" }],
    ["memory", { memory: 512 }],
    ["cpuShares", { cpuShares: 10 }],
    ["tmpfs", { tmpfs: { "/run": "" } }],
    ["mustRun", { mustRun: false }],
    ["destroyGraceSeconds", { destroyGraceSeconds: 5 }],
    ["removeVolumes", { removeVolumes: false }],
  ])("changes %s in place", (name, change) => {
    expect(diffContainer(created(), { ...NODE, ...change })).toEqual({
      changed: [name],
      replaces: [],
      deleteBeforeReplace: false,
    });
  });

  it("notices an input that the program no longer has", () => {
    const { capabilities: _gone, ...rest } = NODE;
    expect(diffContainer(created(), rest).replaces).toEqual(["capabilities"]);
  });

  it("takes spelled-out defaults for what they are", () => {
    const ports = [{ internal: 22, external: 2201, ip: "127.0.0.1", protocol: "tcp" }];
    const same = {
      ports,
      restart: "unless-stopped",
      mustRun: true,
      start: true,
      privileged: false,
      networkMode: "bridge",
      memory: 0,
    };
    expect(diffContainer(created(), { ...NODE, ...same }).changed).toEqual([]);
  });

  it("does not mind the order of sets, but that of a command", () => {
    const turned = { ...NODE, securityOpts: ["apparmor=unconfined", "seccomp=unconfined"] };
    expect(diffContainer(created(), turned).changed).toEqual([]);
    const state = { ...created(), command: ["a", "b"] };
    expect(diffContainer(state, { ...NODE, command: ["b", "a"] }).replaces).toEqual(["command"]);
  });

  it("lets the Engine choose a port that has no external one", () => {
    const inputs = { ...NODE, ports: [{ internal: 80 }] };
    const bound = { network: { Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "32768" }] } } };
    const state = stateAfterCreate(inputs, inspected(bound));
    expect(state.ports).toEqual([{ internal: 80, external: 32768, ip: "0.0.0.0", protocol: "tcp" }]);
    expect(diffContainer(state, inputs).changed).toEqual([]);
  });

  it("replaces on an input that is not known yet", () => {
    expect(diffContainer(created(), { ...NODE, uploads: UNKNOWN }).replaces).toEqual(["uploads"]);
    expect(diffContainer(created(), { ...NODE, dns: UNKNOWN }).replaces).toEqual(["dns"]);
  });

  it("replaces a container that never came up", () => {
    const state = { ...NODE, [UNFINISHED]: "port is already allocated" };
    expect(diffContainer(state, NODE)).toEqual({ changed: ["start"], replaces: ["start"], deleteBeforeReplace: true });
  });
});

describe("a refresh", () => {
  it("replaces a container whose capabilities are not in the Engine's spelling, as the official plugin does", () => {
    const inputs = { ...NODE, capabilities: { adds: ["SYS_ADMIN", "MKNOD"] } };
    const state = stateAfterCreate(inputs, inspected());
    expect(diffContainer(state, inputs).changed).toEqual([]);
    expect(diffContainer(stateAfterRead(state, inspected()), inputs).replaces).toEqual(["capabilities"]);
  });

  it("finds what was changed manually, in the state and in the inputs", () => {
    const found = inspected({ host: { RestartPolicy: { Name: "no", MaximumRetryCount: 0 } } });
    const state = stateAfterRead(created(), found);
    expect(diffContainer(state, NODE)).toMatchObject({ changed: ["restart"], replaces: [] });
    expect(inputsAfterRead(NODE, state)).toEqual({ ...NODE, restart: "no" });
  });

  it("leaves the state as it is when the Engine only spells it in another way", () => {
    expect(stateAfterRead(created(), inspected())).toEqual(created());
  });

  it("tells the exit code of a container that does not run, and forgets it when it does", () => {
    const stopped = stateAfterRead(created(), inspected({ state: { Running: false, ExitCode: 3 } }));
    expect(stopped.exitCode).toBe(3);
    expect(stateAfterRead(stopped, inspected())).not.toHaveProperty("exitCode");
  });
});
