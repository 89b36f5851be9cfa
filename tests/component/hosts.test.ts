import { readFileSync } from "node:fs";
import { execa } from "execa";
import { expect, test } from "vitest";
import { onServer } from "../../adapters/ssh/server";
import { createClass, HERE, hostsTarget, SERVER } from "../support/local-class";
import { MODES, type Mode, type RecordedResource, recordResources } from "../support/mocks";

const PLACEMENT = { seat01: SERVER, seat02: HERE, seat03: SERVER };

function classroom(mode: Mode, variant?: Parameters<typeof hostsTarget>[1]): Promise<RecordedResource[]> {
  return recordResources(mode, () => {
    createClass(hostsTarget(PLACEMENT, variant), { seats: 3, imageBase: "debian" });
  });
}

function find(resources: readonly RecordedResource[], type: string, name: string): RecordedResource {
  const found = resources.filter((resource) => resource.name === name && resource.type === type);
  expect(found, `${type} ${name}`).toHaveLength(1);
  return found[0] as RecordedResource;
}

const container = (resources: readonly RecordedResource[], seat: string) =>
  find(resources, "docker:index/container:Container", `${seat}-node1`);

test.each(MODES)(
  "every host has a provider, a node image and, far away, a volume of artefacts, in %s mode",
  async (mode) => {
    const resources = await classroom(mode);
    const shared = resources.filter(({ type, name }) => type.includes("docker") && name.startsWith("lab-"));
    expect(shared.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "docker:index/image:Image lab-lab@server1-2222-node-image",
      "docker:index/image:Image lab-run-some.sock-node-image",
      "docker:index/volume:Volume lab-lab@server1-2222-artefacts",
      "pulumi:providers:docker lab-lab@server1-2222-engine",
      "pulumi:providers:docker lab-run-some.sock-engine",
    ]);
    const provider = find(resources, "pulumi:providers:docker", "lab-lab@server1-2222-engine");
    expect(provider.inputs).toMatchObject({ host: SERVER, disableDockerDaemonCheck: "true" });
  },
);

test("what is far away has the artefacts from the volume, what is here from the folder", async () => {
  const resources = await classroom("update");
  const mounted = { containerPath: "/opt/lab-nodes/artefacts", readOnly: true };
  expect(container(resources, "seat01").inputs["volumes"]).toContainEqual({
    ...mounted,
    volumeName: "lab-test-artefacts",
  });
  expect(container(resources, "seat02").inputs["volumes"]).toContainEqual({ ...mounted, hostPath: "/srv/artefacts" });
});

test("commands reach a far node by ssh through its server, and a near one as ever", async () => {
  const resources = await classroom("update");
  for (const command of ["ready", "base-images", "student-password"]) {
    find(resources, "command:remote:Command", `seat02-node1-${command}`);
    const far = find(resources, "command:local:Command", `seat01-node1-${command}`);
    const words = far.inputs["interpreter"] as string[];
    expect(words.slice(0, 2)).toEqual(["bash", "components/files/ssh-when-it-answers.sh"]);
    const proxy = words.find((word) => word.startsWith("ProxyCommand=")) ?? "";
    expect(proxy).toMatch(/^ProxyCommand=ssh .* -W \[%h\]:%p -p 2222 -l lab -- server1$/);
    // The outer ssh must not take the inner one's %C for its own.
    expect(proxy).toContain("ControlPath=.lab/hosts/%%C");
    expect(words.slice(-3)).toEqual(["-p", "2201", "root@127.0.0.1"]);
    expect(words).toContain("StrictHostKeyChecking=yes");
  }
  const engine = find(resources, "pulumi:providers:docker", "seat01-node1-engine");
  expect(engine.inputs["sshOpts"]).toContain("-W [%h]:%p -p 2222 -l lab -- server1");
});

test("commands on a far node get their own variables and no other of the operator's", async () => {
  const resources = await classroom("update");
  const script = readFileSync("components/files/ssh-when-it-answers.sh", "utf8");
  const sent = /^variables='(.*)'$/m.exec(script)?.[1]?.split(" ") ?? [];
  const far = resources.filter(({ inputs }) => String(inputs["interpreter"]).includes("ssh-when-it-answers.sh"));
  const needed = far.flatMap(({ inputs }) => Object.keys((inputs["environment"] as object | undefined) ?? {}));
  expect(needed).toContain("LAB_BASE_IMAGES");
  expect(sent).toEqual(expect.arrayContaining(needed));
});

test("no session on a server has the operator's SSH agent, whatever the operator's settings are", async () => {
  const provider = find(await classroom("update"), "pulumi:providers:docker", "lab-lab@server1-2222-engine");
  const provided = JSON.parse(String(provider.inputs["sshOpts"])) as string[];
  const { sshArguments } = onServer(SERVER, ["true"]);
  for (const options of [provided, sshArguments.slice(0, sshArguments.indexOf("-T"))]) {
    const { stdout } = await execa("ssh", ["-G", ...options, "server1"]);
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(["forwardagent no", "forwardx11 no"]));
    // ssh takes the first value that it meets: the operator's own settings come after these.
    expect(options).toEqual(expect.arrayContaining(["ForwardAgent=no", "ForwardX11=no"]));
  }
});

test("seats answer at the loopback address, or where students can dial a server", async () => {
  const portOf = async (seat: string, publish: "loopback" | "everywhere") =>
    container(await classroom("update", { publish }), seat).inputs["ports"];
  expect(await portOf("seat01", "loopback")).toEqual([{ internal: 22, external: 2201, ip: "127.0.0.1" }]);
  expect(await portOf("seat01", "everywhere")).toEqual([{ internal: 22, external: 2201, ip: "0.0.0.0" }]);
  expect(await portOf("seat02", "everywhere")).toEqual([{ internal: 22, external: 2202, ip: "127.0.0.1" }]);
});

test("of a silent host nothing is changed that only it could tell", async () => {
  const resources = await classroom("update", { server: "silent" });
  const ignoredInputs = container(resources, "seat01").options.ignoreChanges;
  expect(ignoredInputs).toEqual(expect.arrayContaining(["cgroupnsMode", "volumes", "image"]));
  expect(container(resources, "seat02").options.ignoreChanges).toEqual([]);
});
