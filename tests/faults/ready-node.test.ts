import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { inNode, statesOf, upWithoutReplacing } from "../support/break-node";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, onlyNode, onNode } from "../support/lab-facts";

const HELLO = ["docker", "run", "--rm", "hello:v0.2"] as const;

/** One node, broken in many ways, as a student can who is root on it; each time it goes on with all that is on it. */
describe("a node that was ready", () => {
  let lab: LabClone;
  let id: string;
  let node: string;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort)));
    ({ id, name: node } = await onlyNode(lab));
    await inNode(lab, node, "echo 'of mine' > /home/student/work");
  });
  afterAll(() => lab.remove());

  describe("keeps its machine, with all that is on it", () => {
    afterEach(async () => {
      expect(await onlyNode(lab)).toEqual({ id, name: node, state: "running" });
      expect(await onNode(lab, "cat", "/home/student/work")).toBe("of mine");
      expect(await onNode(lab, ...HELLO)).toContain("this is v0.2");
    });

    /** Waits for what comes back by itself: nothing is typed. */
    const untilReady = () => vi.waitUntil(async () => (await statesOf(lab))["seat01"] === "ready", { timeout: 60_000 });

    test("its SSH server killed: it is back by itself", async () => {
      await inNode(lab, node, "systemctl kill --kill-who=main --signal=KILL ssh");
      await untilReady();
    });

    test("its SSH server stopped for good: status and verify tell, `lab up` starts it", async () => {
      await inNode(lab, node, "systemctl stop ssh && systemctl mask ssh");
      const status = expectSuccess(await lab.lab("status"));
      expect(status.stdout).toMatch(/^ {2}seat01 +unreachable /m);
      expect(status.stderr).toContain(`seat01 does not answer. ./lab up --stack ${lab.stack} recovers it`);
      const verify = await lab.lab("verify", "--step", "1");
      expect(verify.exitCode).toBe(1);
      expect(verify.stdout).toMatch(/The node at root@127\.0\.0\.1:\d+ cannot be reached/);
      expect(verify.stdout).toContain(
        `Run ./lab up --stack ${lab.stack}: it repairs what it can, and keeps what students made.`,
      );
      expect(await upWithoutReplacing(lab)).toContain(`${node}: its SSH server did not run; it is started again`);
    });

    test("its firewall shut: `lab up` restarts it", async () => {
      await inNode(lab, node, "iptables --insert INPUT --protocol tcp --dport 22 --jump DROP");
      expect(await statesOf(lab)).toEqual({ seat01: "unreachable" });
      expect(await upWithoutReplacing(lab)).toContain(`${node} does not answer by SSH; it is restarted`);
    });

    test("cut off from its network: `lab up` connects it again", async () => {
      await lab.docker.getNetwork("bridge").disconnect({ Container: id, Force: true });
      expect(await statesOf(lab)).toEqual({ seat01: "unreachable" });
      expect(await upWithoutReplacing(lab)).toContain(`${node} was cut off from its network; it is connected again`);
    });

    test("paused: `lab up` lets it go on", async () => {
      await lab.docker.getContainer(id).pause();
      expect(await statesOf(lab)).toEqual({ seat01: "unreachable" });
      expect(await upWithoutReplacing(lab)).toContain(`${node} was paused; it continues now`);
    });

    test("stopped, and its port taken by another program: `lab up` says so and touches nothing; later it starts it", async () => {
      await lab.docker.getContainer(id).stop();
      const free = await takePort(lab.sshPort);
      const refused = await lab.lab("up");
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain(`port ${lab.sshPort} on 127.0.0.1 is in use by another program`);
      expect((await onlyNode(lab)).state).toBe("exited");
      await free();
      expect(await upWithoutReplacing(lab)).toContain(`${node} was stopped; it is started again`);
    });

    test("rebooted by its student: it is back by itself", async () => {
      await lab.lab("ssh", "--user", "student", "sudo systemctl reboot");
      await vi.waitUntil(async () => (await lab.docker.getContainer(id).inspect()).RestartCount > 0, {
        timeout: 60_000,
      });
      await untilReady();
      await vi.waitUntil(async () => (await lab.lab("ssh", ...HELLO)).exitCode === 0, { timeout: 60_000 });
    });

    test("its dockerd killed: it is back by itself, with its images", async () => {
      await inNode(lab, node, "systemctl kill --kill-who=main --signal=KILL docker");
      await vi.waitUntil(async () => (await lab.lab("ssh", ...HELLO)).exitCode === 0, { timeout: 60_000 });
    });

    test("its Docker switched off for good: verify tells, `lab up` starts it", async () => {
      await inNode(lab, node, "systemctl disable --now docker.service docker.socket");
      const verify = await lab.lab("verify", "--step", "1");
      expect([verify.exitCode, verify.stdout]).toEqual([
        1,
        expect.stringContaining("Cannot connect to the Docker daemon"),
      ]);
      expect(await upWithoutReplacing(lab)).toContain(`${node}: its Docker Engine did not run; it is started again`);
    });

    test("Trivy and its database removed: verify tells, `lab up` installs them again", async () => {
      await inNode(lab, node, "rm /usr/local/bin/trivy /var/lib/trivy/db/trivy.db");
      const verify = await lab.lab("verify", "--step", "6");
      expect([verify.exitCode, verify.stdout]).toEqual([1, expect.stringContaining("trivy: command not found")]);
      expect(await upWithoutReplacing(lab)).toContain(
        `${node}: /usr/local/bin/trivy was missing; Trivy is installed again`,
      );
    });

    test("Trivy's cache emptied by student and root, with the link to the database: the next scan works", async () => {
      for (const user of ["student", "root"]) {
        expectSuccess(await lab.lab("ssh", "--user", user, "trivy clean --all"));
        expect(await inNode(lab, node, `ls ~${user}/.cache/trivy`)).not.toContain("db");
      }
      const scan = expectSuccess(await lab.lab("ssh", "--user", "student", "trivy image --quiet hello:v0.1"));
      expect(scan.stdout).toMatch(/CVE-\d+-\d+/);
      expectSuccess(await lab.lab("verify", "--step", "6"));
    });
  });

  test("its Docker's disk full: verify and `lab up` tell, `lab up --replace` makes a new machine", async () => {
    await fill(lab, node, "/var/lib/docker/containers");
    const verify = await lab.lab("verify", "--step", "2");
    expect([verify.exitCode, verify.stdout]).toEqual([1, expect.stringContaining("no space left on device")]);
    const up = await lab.lab("up");
    expect([up.exitCode, up.stderr]).toEqual([1, expect.stringContaining("no space left on device")]);
    const replace = `./lab up --stack ${lab.stack} --replace seat01`;
    expect(up.stderr).toContain(replace);
    expectSuccess(await lab.lab("up", "--replace", "seat01"));
    expect((await onlyNode(lab)).id).not.toBe(id);
    expect(await onNode(lab, ...HELLO)).toContain("this is v0.2");
  });
});

/** Fills a folder's place on a node: what is in it is a little memory, none of this machine's disk. */
async function fill(lab: LabClone, container: string, folder: string): Promise<void> {
  const script = `mount -t tmpfs -o size=64k tmpfs ${folder} && head -c 64k /dev/zero > ${folder}/full; df --output=pcent ${folder}`;
  expect(await inNode(lab, container, script)).toContain("100%");
}

/** Listens on a port of 127.0.0.1, as another program would; gives what ends that. */
async function takePort(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const free = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  onTestFinished(free);
  return free;
}
