import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, nodesOf, stateOf } from "../support/lab-facts";

/** A stack that was set up and never made: every refusal here comes before its first resource. */
describe("what is refused before the first resource", () => {
  let lab: LabClone;
  let stackFile: string;
  let goodConfig: string;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("preview", "--ssh-port", String(lab.sshPort)));
    stackFile = join(lab.directory, `Pulumi.${lab.stack}.yaml`);
    goodConfig = readFileSync(stackFile, "utf8");
  });
  beforeEach(() => {
    writeFileSync(stackFile, goodConfig);
    const environment = { ...lab.environment };
    onTestFinished(async () => {
      for (const name of Object.keys(lab.environment)) {
        delete lab.environment[name];
      }
      Object.assign(lab.environment, environment);
      expect(await nodesOf(lab), "nothing was made").toEqual([]);
    });
  });
  afterAll(() => lab.remove());

  describe("a config with several mistakes", () => {
    const problems = [
      "The config of this lab has 4 problems:",
      "seats: must be a whole number from 1 to 200, not",
      'seets: there is no such setting; did you mean "seats"?',
      'local.sshprt: there is no such setting; did you mean "local.sshPort"?',
      'node.dockerPackage: must be "distribution" or "docker", not "podman"',
    ];
    beforeEach(() => {
      const mistakes = ["lab-nodes:seats: 0", "lab-nodes:seets: 2", "lab-nodes:node: {dockerPackage: podman}"];
      writeFileSync(
        stackFile,
        goodConfig
          .replace(/^config:$/m, ["config:", ...mistakes.map((line) => `  ${line}`)].join("\n"))
          .replace("    sshPort:", "    sshprt: 7\n    sshPort:"),
      );
    });

    test.for(["preview", "up --yes --skip-preview"])(
      "plain `pulumi %s` tells them all in one message",
      async (words) => {
        const result = await lab.pulumi(...words.split(" "));
        expect(result.exitCode).not.toBe(0);
        for (const problem of problems) {
          expect(result.stdout + result.stderr).toContain(problem);
        }
        expect(result.stdout + result.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
        expect((await stateOf(lab)).filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
      },
    );

    test("`lab up` tells them all in one message, and exits 2", async () => {
      const result = await lab.lab("up");
      expect(result.exitCode).toBe(2);
      for (const problem of problems) {
        expect(result.stderr).toContain(problem);
      }
      expect(result.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    });
  });

  test("a port in use: exit 2, the port and a free one are named", async () => {
    await listenOn(lab.sshPort);
    const result = await lab.lab("up");
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`port ${lab.sshPort} on 127.0.0.1 is in use by another program`);
    expect(result.stderr).toContain(`./lab up --stack ${lab.stack} --ssh-port PORT`);
    const plain = await lab.pulumi("up", "--yes", "--skip-preview");
    expect(plain.exitCode).not.toBe(0);
    expect(plain.stdout + plain.stderr).toContain(`port ${lab.sshPort} on 127.0.0.1 is in use by another program`);
  });

  test("a Docker Engine that is not there: exit 2, its address and what to do", async () => {
    lab.environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
    const result = await lab.lab("up");
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("The Docker Engine at unix:///nowhere/docker.sock does not answer");
    expect(result.stderr).toContain("unset DOCKER_HOST");
    const plain = await lab.pulumi("up", "--yes", "--skip-preview");
    expect(plain.exitCode).not.toBe(0);
    expect(plain.stdout + plain.stderr).toContain("The Docker Engine at unix:///nowhere/docker.sock cannot be used");
  });

  test.for(["up", "preview", "status", "down"])(
    "a stack that another kind of engine made: `lab %s` says how to go on",
    async (command) => {
      const other = goodConfig.includes("engine: official") ? "air-gapped" : "official";
      writeFileSync(stackFile, goodConfig.replace(/lab-nodes:engine: .*/, `lab-nodes:engine: ${other}`));
      const result = await lab.lab(command);
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain(`The lab "${lab.stack}" was made with the ${other} engine`);
      expect(result.stderr).toContain(
        `LAB_ENGINE=${other === "official" ? "official" : "airgapped"} ./lab down --stack ${lab.stack}`,
      );
    },
  );

  test.for(["up", "down"])(
    "a stack that is locked: `lab %s` says so, with the command that unlocks it",
    async (command) => {
      const locks = join(lab.directory, ".lab/state/.pulumi/locks/organization/lab-nodes", lab.stack);
      mkdirSync(locks, { recursive: true });
      const lock = { pid: 1, username: "somebody", hostname: "elsewhere", timestamp: new Date().toISOString() };
      writeFileSync(join(locks, `${randomUUID()}.json`), JSON.stringify(lock));

      const result = await lab.lab(command);
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain(`Another pulumi or lab is at work on the stack "${lab.stack}"`);
      expect(result.stderr).toContain(`eval "$(./lab env --stack ${lab.stack})" && pulumi cancel --yes`);

      expectSuccess(await lab.pulumi("cancel", "--yes"));
      expectSuccess(await lab.lab("preview"));
    },
  );

  test.for(["up", "down"])("a wrong passphrase: `lab %s` says which stack it does not fit", async (command) => {
    lab.environment["PULUMI_CONFIG_PASSPHRASE"] = "not the one";
    const result = await lab.lab(command);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`The passphrase does not fit the stack "${lab.stack}"`);
    expect(result.stderr).toContain("Restore .lab/passphrase");
  });
});

/** Listens on a port for as long as the running test. */
async function listenOn(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
}
