import { describe, expect, test } from "vitest";
import {
  engineAddresses,
  engineAddressesOfLab,
  findDockerEngines,
} from "../../../cli/workflows/prepare/hosts/docker-engines";
import { dockerResources, removeDockerResources } from "../../../cli/workflows/recovery/made-resources";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const INFO = {
  ServerVersion: "27.0.1",
  CgroupVersion: "2",
  OSType: "linux",
  Architecture: "x86_64",
  DockerRootDir: "/no",
  KernelVersion: "6.1.0",
  MemTotal: 1,
  NCPU: 1,
};

/** What is found for a stack with these settings, and what was said meanwhile. */
async function enginesWith(settings: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}) {
  const { reporter, said } = recordedReporter();
  const context = contextFor(runtimeIn(temporaryFolder(), environment), "dev", reporter);
  const config = { read: () => settings } as unknown as Parameters<typeof findDockerEngines>[1]["config"];
  return { engines: await findDockerEngines(context, { config }), said };
}

describe("the Docker Engines of a stack", () => {
  test("are the operator's own, or the one that is set, unasked", async () => {
    const silent: string[] = [];
    const { engines } = await enginesWith({}, { DOCKER_HOST: "unix:///no/such/socket" });
    expect(engines).toEqual({ answering: ["unix:///no/such/socket"], silent });
    const set = await enginesWith({ docker: { host: "unix:///other" } }, { DOCKER_HOST: "unix:///no/such/socket" });
    expect(set.engines).toEqual({ answering: ["unix:///other"], silent });
  });

  test("are all of docker.hosts, whatever the operator's own is; one that does not answer is told", async () => {
    const answering = await engineDouble({ "/info": INFO });
    const silent = `unix://${temporaryFolder()}/no.sock`;
    const settings = { docker: { hosts: `${answering.host},${silent}` } };
    const { engines, said } = await enginesWith(settings, { DOCKER_HOST: "unix:///no/such/socket" });
    expect(engines).toEqual({ answering: [answering.host], silent: [silent] });
    expect(said).toContainEqual(
      expect.stringContaining(`${silent} does not answer, so operations that were cut off there stay pending`),
    );
  });

  test("are those that seats were placed on, too", async () => {
    const settings = { docker: { hosts: "unix:///a" }, placement: { seat01: "unix:///a", seat02: "unix:///b" } };
    expect((await engineAddresses(settings, {})).hosts).toEqual(["unix:///a", "unix:///b"]);
  });

  test("are none for machines at AWS", async () => {
    expect((await enginesWith({ target: "aws" })).engines).toBeUndefined();
    expect(engineAddressesOfLab({ docker: undefined })).toBeUndefined();
  });

  test("are known of a lab that was just prepared", () => {
    const docker = SOME_ENGINE;
    expect(engineAddressesOfLab({ docker })).toEqual({ answering: [docker.host], silent: [] });
    const hosts = { engines: [docker], silent: new Map([["ssh://lab@server1", "no route"]]), placement: {} };
    expect(engineAddressesOfLab({ docker, hosts })).toEqual({
      answering: [docker.host],
      silent: ["ssh://lab@server1"],
    });
  });
});

test("things are removed from the Engine that they are on", async () => {
  const container = { Id: "c0ffee", Names: ["/lab-dev-node1"], Labels: {}, Ports: [] };
  const [near, far] = [
    await engineDouble({ "/containers/json": [container], "/volumes": { Volumes: null } }),
    await engineDouble({ "/containers/json": [], "/volumes": { Volumes: [{ Name: "lab-dev-node1-docker-data" }] } }),
  ];
  const things = (await Promise.all([far.host, near.host].map((host) => dockerResources(host, "dev")))).flat();
  // Neither double has what is to be removed, which is as good as removed.
  await removeDockerResources(things);
  const deletions = ({ requests }: { requests: string[] }) => requests.filter((line) => line.startsWith("DELETE"));
  expect([deletions(near), deletions(far)]).toEqual([
    ["DELETE /containers/c0ffee?force=true&v=true"],
    ["DELETE /volumes/lab-dev-node1-docker-data"],
  ]);
});
