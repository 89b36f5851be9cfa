import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { StackConfig } from "../../adapters/pulumi/stack-config";
import { containerName, ofStack, SEAT_LABEL } from "../../core/resource-names";
import { type DockerServer, type DockerServers, startDockerServers } from "../support/docker-servers";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";
import { killWithoutWarning, startLab } from "../support/running-lab";

const HERE = "unix:///var/run/docker.sock";

/** A class over this machine's Engine and two servers. Each test goes on where the one before it ended. */
describe("a class on several Docker hosts", () => {
  let servers: DockerServers;
  let near: DockerServer;
  let added: DockerServer;
  let lab: LabClone;

  beforeAll(async () => {
    servers = await startDockerServers(2);
    [near, added] = servers.servers as [DockerServer, DockerServer];
    lab = await makeLabClone();
    lab.environment["PATH"] = `${servers.path}:${lab.environment["PATH"]}`;
    useHosts(HERE, near.address);
  });
  afterAll(async () => {
    await lab?.remove();
    await servers?.stop();
  });

  /** Writes the list as `pulumi config set` does, and keeps what `lab` wrote. */
  function useHosts(...hosts: readonly string[]): void {
    new StackConfig(lab.directory, lab.stack).write(new Map([["docker.hosts", hosts.join(",")]]));
  }

  /** Where each seat is: its container's id, by Engine and seat. */
  async function machines(): Promise<Record<string, Record<string, string>>> {
    const engines = { here: lab.docker, near: near.docker, added: added.docker };
    const found = await Promise.all(
      Object.entries(engines).map(async ([name, docker]) => [name, await seatsOn(docker)]),
    );
    return Object.fromEntries(found);
  }

  async function seatsOn(docker: Docker): Promise<Record<string, string>> {
    const containers = await docker.listContainers({ all: true, filters: ofStack(lab.stack) });
    return Object.fromEntries(containers.map(({ Id, Labels }) => [Labels[SEAT_LABEL] ?? "", Id]));
  }

  test("`lab up` spreads it, proves the far seat, and can be logged in to it", async () => {
    // Other tests' classes take room of this Engine meanwhile, so that both seats might go to the server.
    new StackConfig(lab.directory, lab.stack).write(new Map([["placement.seat01", HERE]]));
    expectSuccess(await lab.lab("up", "--seats", "2", "--ssh-port", String(lab.sshPort)));
    const { here = {}, near: far = {} } = await machines();
    expect([Object.keys(here).length, Object.keys(far).length]).toEqual([1, 1]);
    const [seat = ""] = Object.keys(far);
    expect((await lab.lab("ssh", seat, "--", "hostname")).stdout).toBe("node1");
    const status = JSON.parse((await lab.lab("status", "--json")).stdout) as {
      seats: { seat: string; state: string; verdict: { outcome: string }; ssh: { through?: string } }[];
    };
    expect(status.seats).toHaveLength(2);
    for (const each of status.seats) {
      expect(each).toMatchObject({ state: "ready", verdict: { outcome: "passed" } });
      expect(each.ssh.through).toBe(each.seat === seat ? near.address : undefined);
    }
  });

  test("one host more moves nothing, for lab and for plain pulumi", async () => {
    const before = await machines();
    useHosts(HERE, added.address, near.address);
    const up = await lab.lab("up");
    expectSuccess(up);
    expect(up.stderr).toMatch(/\d+ unchanged/);
    expect(await machines()).toEqual(before);
    expectSuccess(await lab.pulumi("preview", "--expect-no-changes"));
  });

  test("a dead host fails its own seat, by name; alive again, all is well", async () => {
    const before = await machines();
    const [seat = ""] = Object.keys(before["near"] ?? {});
    await near.die();
    const up = await lab.lab("up");
    expect(up.exitCode).toBe(1);
    expect(up.stderr).toContain("1 of 2 seats failed; the other 1 seat is ready");
    expect(up.stderr).toContain(`${seat}  its Docker host ${near.address} does not answer: `);
    await near.revive();
    expectSuccess(await lab.lab("up"));
    expect(await machines()).toEqual(before);
  });

  test("pulumi killed while it makes a machine on a server: kept in mind while that is dead, then removed from it", async () => {
    const before = await machines();
    new StackConfig(lab.directory, lab.stack).write(new Map([["placement.seat03", near.address]]));
    const up = startLab(lab, "up", "--seats", "3");
    await vi.waitUntil(async () => "seat03" in (await seatsOn(near.docker)), { timeout: 60_000, interval: 20 });
    await killWithoutWarning(lab, up, "engine");

    await near.die();
    const blind = expectSuccess(await lab.lab("repair", "--yes"));
    expect(blind.stderr).toContain(
      `${near.address} does not answer, so operations that were cut off there stay pending: `,
    );
    await near.revive();
    const { stdout } = expectSuccess(await lab.lab("repair", "--yes"));
    expect(stdout).toContain(`the container lab-${lab.stack}-seat03-node1 on ${near.address} exists, half made`);
    expect(await machines()).toEqual(before);
  });

  test("`lab down` leaves nothing on any of them", async () => {
    expectSuccess(await lab.lab("down"));
    for (const docker of [lab.docker, near.docker, added.docker]) {
      const filters = ofStack(lab.stack);
      const containers = await docker.listContainers({ all: true, filters });
      const { Volumes } = await docker.listVolumes({ filters });
      expect([...containers.map(containerName), ...(Volumes ?? []).map(({ Name }) => Name)]).toEqual([]);
    }
  });
});
