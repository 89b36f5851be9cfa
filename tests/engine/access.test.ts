import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import {
  DESTROY_LIMIT,
  editFile,
  expectSuccess,
  idsOf,
  leftoversOf,
  onlyNode,
  onNode,
  stateOf,
} from "../support/lab-facts";

const REPOSITORY = resolve(__dirname, "../..");
/** That host keys are checked: one lab made by `lab up`, destroyed while its node answers no SSH. */
describe("access to a node", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort)));
  });
  afterAll(() => lab.remove());

  test("nobody switches the check of host keys off", () => {
    const pattern = ["StrictHostKeyChecking", "(=| )", "(no|off|accept-new)"].join("");
    const files = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const sources = execFileSync("git", files, { cwd: REPOSITORY, encoding: "utf8" })
      .split("\0")
      .filter((file) => file !== "" && !file.startsWith("docs/") && lstatSync(join(REPOSITORY, file)).isFile());
    expect(sources).toContain("adapters/ssh/options.ts");
    expect(sources.filter((file) => new RegExp(pattern).test(readFileSync(join(REPOSITORY, file), "utf8")))).toEqual(
      [],
    );
  });

  test("a node that shows another host key than ours is refused by ssh, by the Docker provider and by the gate", async () => {
    const node = await onlyNode(lab);
    const gate = (await stateOf(lab)).find(({ name }) => name === "node1-ready")?.urn ?? "";
    await onNode(lab, "sh", "-c", REPLACE_HOST_KEY);

    expect((await lab.lab("ssh", "true")).stderr).toMatch(/Host key verification failed/);
    // Something to build, so that the Docker provider has a reason to dial.
    for (const context of ["images/hello/v0.1", "images/debian/hello/v0.1"]) {
      editFile(lab, `${context}/index.js`, "hello from", "greetings from");
    }
    const dockerProvider = await lab.lab("up");
    expect(dockerProvider.exitCode).toBe(1);
    expect(dockerProvider.stderr).toMatch(/host key/i);
    const remoteCommand = await lab.pulumi("up", "--yes", "--skip-preview", "--target", gate, "--replace", gate);
    expect(remoteCommand.exitCode).not.toBe(0);
    expect(`${remoteCommand.stdout}${remoteCommand.stderr}`).toMatch(/host key/i);
    expect(await onlyNode(lab)).toEqual(node);
  });

  test("`lab down` with a node that answers no SSH leaves nothing, in seconds", async () => {
    expect(expectSuccess(await lab.lab("audit")).stdout).toContain("all its resources are in Pulumi's state");
    expect(Object.keys(await idsOf(lab, "docker:index/container:Container"))).toEqual(["node1"]);
    await stopSshServer(lab);
    const started = Date.now();
    const down = expectSuccess(await lab.lab("down"));
    expect(Date.now() - started).toBeLessThan(DESTROY_LIMIT);
    expect(down.stdout).toContain("no container, volume, network or key of it is left");
    expect(await leftoversOf(lab)).toEqual([]);
  });
});

/** As if somebody else's machine had come to the node's address. */
const REPLACE_HOST_KEY =
  "rm /etc/ssh/ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh";

/** Through the Docker Engine: over SSH the node is no longer to be trusted. */
async function stopSshServer(lab: LabClone): Promise<void> {
  const container = lab.docker.getContainer((await onlyNode(lab)).id);
  const command = await container.exec({ Cmd: ["systemctl", "stop", "ssh.service"] });
  await command.start({ Detach: true });
  await expect
    .poll(async () => (await lab.lab("ssh", "true")).stderr, { timeout: 20_000 })
    .toMatch(/closed|refused|reset/i);
}
