import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import {
  DESTROY_LIMIT,
  editFile,
  expectSuccess,
  filesUnder,
  idsOf,
  leftoversOf,
  onlyNode,
  onNode,
  stateOf,
} from "../support/lab-facts";
import { modeOf, type Watched, watch } from "../support/watch";

const REPOSITORY = resolve(__dirname, "../..");
/** A key and not just talk of keys, as in the code of a plugin. */
const PRIVATE_KEY = /PRIVATE KEY-----[\\n\s]+[A-Za-z0-9+/]{20}/;

/** Who may get in, and what nobody may read: one lab made by `lab up`, destroyed while its node answers no SSH. */
describe("access to a node", () => {
  let lab: LabClone;
  let making: Watched<CommandResult>;
  let secrets: Record<string, string[]>;

  beforeAll(async () => {
    lab = await makeLabClone();
    const temporary = join(lab.directory, "tmp");
    mkdirSync(temporary);
    lab.environment["TMPDIR"] = temporary;
    making = await watch(temporary, () => lab.lab("up", "--verbose", "--ssh-port", String(lab.sshPort)));
    expectSuccess(making.result);
    secrets = {
      "client key": bodyOf(readFileSync(join(lab.directory, ".lab", lab.stack, "ssh", "id_ed25519"), "utf8")),
      "host key": bodyOf(await onNode(lab, "cat", "/etc/ssh/ssh_host_ed25519_key")),
      passphrase: [readFileSync(join(lab.directory, ".lab", "passphrase"), "utf8").trim()],
    };
  });
  afterAll(() => lab.remove());

  /** Names of the secrets that a text holds in plain. */
  const secretsIn = (text: string): string[] => [
    ...Object.keys(secrets).filter((name) => secrets[name]?.some((line) => text.includes(line))),
    ...(PRIVATE_KEY.test(text) ? ["a private key"] : []),
  ];

  test("only the client key's file and the passphrase's hold a secret in plain, both for their owner alone", () => {
    const found = filesUnder(join(lab.directory, ".lab"))
      .map((file) => ({ file, secrets: secretsIn(readFileSync(file, "latin1")), mode: modeOf(file) }))
      .filter((entry) => entry.secrets.length > 0);
    const ssh = join(lab.directory, ".lab", lab.stack, "ssh");
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({
      file: join(lab.directory, ".lab", "passphrase"),
      secrets: ["passphrase"],
      mode: "600",
    });
    expect(found).toContainEqual({
      file: join(ssh, "id_ed25519"),
      secrets: ["client key", "a private key"],
      mode: "600",
    });
    expect(modeOf(ssh)).toBe("700");
  });

  test("the state keeps the keys, but as ciphertext", async () => {
    const { stdout } = expectSuccess(await lab.pulumi("stack", "export"));
    expect(secretsIn(stdout)).toEqual([]);
    const revealed = expectSuccess(await lab.pulumi("stack", "export", "--show-secrets")).stdout;
    expect(secretsIn(revealed)).toEqual(["client key", "host key", "a private key"]);
  });

  test("no process had a secret among its arguments while the lab was made", () => {
    const seen = [...making.processArguments];
    // That the watch was awake: the Docker provider starts an ssh for each connection.
    expect(seen.some((line) => line.includes(`.lab/${lab.stack}/ssh/id_ed25519`))).toBe(true);
    expect(seen.filter((line) => secretsIn(line).length > 0)).toEqual([]);
  });

  test("the engine's event log, which quotes keys, was its owner's alone while the lab was made, and is gone", () => {
    const logs = [...making.fileModes].filter(([file]) => file.includes("events"));
    expect(logs.map(([, mode]) => mode)).toEqual(["600"]);
    expect(logs.filter(([file]) => existsSync(file))).toEqual([]);
  });

  test("neither `lab up --verbose` nor pulumi's diff of a new node tells a secret", async () => {
    // Other user data: the diff shows all that a node is made of.
    editFile(lab, "cloud-init/files/daemon.json", '"max-file": "3"', '"max-file": "4"');
    const preview = expectSuccess(await lab.pulumi("preview", "--diff"));
    editFile(lab, "cloud-init/files/daemon.json", '"max-file": "4"', '"max-file": "3"');
    const { stdout, stderr } = making.result;
    expect([stdout, stderr, preview.stdout, preview.stderr].flatMap(secretsIn)).toEqual([]);
    expect(preview.stdout).toContain("[secret]");
  });

  test("nobody switches the check of host keys off", () => {
    const pattern = ["StrictHostKeyChecking", "(=| )", "(no|off|accept-new)"].join("");
    const files = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const sources = execFileSync("git", files, { cwd: REPOSITORY, encoding: "utf8" })
      .split("\0")
      .filter((file) => file !== "" && !file.startsWith("docs/") && lstatSync(join(REPOSITORY, file)).isFile());
    expect(sources).toContain("components/ssh-options.ts");
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

/** The lines of a key file that are its own: all of them but the frame, and the first, which is the same in every key. */
function bodyOf(key: string): string[] {
  const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  expect(lines.length).toBeGreaterThan(2);
  return lines.slice(1);
}
