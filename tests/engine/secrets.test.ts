import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { editFile, expectSuccess, filesUnder, onlyNode, onNode } from "../support/lab-facts";
import { keySecret, type Secret, secretsIn, textSecret } from "../support/secret-search";
import { modeOf, type Watched, watch } from "../support/watch";

/** Every place of a node where something could have been written down. Prints the files that hold one of the marks. */
const SEARCH_NODE = `set -uo pipefail
marks=$(mktemp -p /root) && cat > "$marks"
holding() { grep --files-with-matches --fixed-strings --file "$marks" "$@" 2> /dev/null; }
find / /run /tmp -xdev -type f ! -path "$marks" -exec grep -lF -f "$marks" {} + 2> /dev/null | sort
journalctl --no-pager --output=export | holding --label "the journal" -
cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | holding --label "a process" -
rm "$marks"`;

/** Where the secrets of a class are, and that they are nowhere else: one lab, watched while it is made, with its cards. */
describe("every secret that a lab makes", () => {
  let lab: LabClone;
  let making: Watched<CommandResult>;
  let secrets: readonly Secret[];

  beforeAll(async () => {
    lab = await makeLabClone();
    const temporary = join(lab.directory, "tmp");
    mkdirSync(temporary);
    lab.environment["TMPDIR"] = temporary;
    const words = ["up", "--verbose", "--no-verify", "--ssh-port", String(lab.sshPort)];
    making = await watch(temporary, () => lab.lab(...words));
    expectSuccess(making.result);
    expectSuccess(await lab.lab("cards", "--keys"));
    secrets = secretsOf(lab, expectSuccess(await lab.pulumi("stack", "export", "--show-secrets")).stdout);
  });
  afterAll(() => lab.remove());

  const found = (text: string) => secretsIn(text, secrets);

  test("is in one of these files of the lab's folder and in no other, for their owner alone", () => {
    const ssh = `.lab/${lab.stack}/ssh`;
    const cards = `.lab/${lab.stack}/cards`;
    const holders = filesUnder(lab.directory)
      .map((file) => ({ file: relative(lab.directory, file), holds: found(readFileSync(file, "latin1")) }))
      // Whose keys are made up, and in the repository.
      .filter(({ file }) => !file.startsWith("tests/"))
      .filter(({ holds }) => holds.length > 0);
    expect(Object.fromEntries(holders.map(({ file, holds }) => [file, holds]))).toEqual({
      ".lab/passphrase": ["passphrase"],
      [`${ssh}/id_ed25519`]: ["client key"],
      [`${cards}/cards.html`]: ["password"],
      [`${cards}/cards.csv`]: ["password"],
      [`${cards}/seat01.key`]: ["student key"],
    });
    const modes = holders.map(({ file }) => [
      modeOf(join(lab.directory, file)),
      modeOf(dirname(join(lab.directory, file))),
    ]);
    expect(modes).toEqual(holders.map(() => ["600", "700"]));
  });

  test("is in the state, but as ciphertext, and in no output of the stack", async () => {
    const revealed = expectSuccess(await lab.pulumi("stack", "export", "--show-secrets")).stdout;
    expect(found(revealed)).toEqual(["client key", "host key", "student key", "password"]);
    for (const words of [
      ["stack", "export"],
      ["stack", "output", "--json"],
    ]) {
      expect(found(expectSuccess(await lab.pulumi(...words)).stdout)).toEqual([]);
    }
  });

  test("was among no process's arguments while the lab was made", () => {
    const seen = [...making.processArguments];
    // That the watch was awake: the Docker provider starts an ssh for each connection, and the nodes' processes are this machine's.
    // Of a node, one that runs for seconds: the watch looks some times a second, and chpasswd is gone between two looks.
    expect(seen.some((line) => line.includes(`.lab/${lab.stack}/ssh/id_ed25519`))).toBe(true);
    expect(seen.some((line) => line.includes("/usr/bin/cloud-init"))).toBe(true);
    expect(seen.filter((line) => found(line).length > 0)).toEqual([]);
  });

  test("is in the engine's event log, which was its owner's alone while the lab was made, and is gone", () => {
    const logs = [...making.fileModes].filter(([file]) => basename(file) === "events.json");
    expect(logs.map(([file, mode]) => [mode, existsSync(file)])).toEqual([["600", false]]);
  });

  test("is told by no command, nor by pulumi's diff of a new node", async () => {
    // Other user data: the diff shows all that a node is made of.
    editFile(lab, "cloud-init/files/daemon.json", '"max-file": "3"', '"max-file": "4"');
    const preview = expectSuccess(await lab.pulumi("preview", "--diff"));
    editFile(lab, "cloud-init/files/daemon.json", '"max-file": "4"', '"max-file": "3"');
    expect(preview.stdout).toContain("[secret]");
    const told = [making.result, preview];
    for (const words of [["status", "--json"], ["logs"], ["cards", "--json"], ["audit", "--json"]]) {
      told.push(expectSuccess(await lab.lab(...words)));
    }
    expect(told.flatMap(({ stdout, stderr }) => found(`${stdout}\n${stderr}`))).toEqual([]);
  });

  test("is not what the Docker Engine tells of the node, its log neither", async () => {
    const node = lab.docker.getContainer((await onlyNode(lab)).id);
    const logs = await node.logs({ stdout: true, stderr: true });
    expect(found(JSON.stringify(await node.inspect()) + logs.toString("latin1"))).toEqual([]);
  });

  test("is nowhere on the node but for its own host key, in the one file that sshd reads", async () => {
    const { id } = await onlyNode(lab);
    const marks = secrets.flatMap((secret) => secret.marks).join("\n");
    const { stdout } = await execa("docker", ["exec", "--interactive", id, "bash", "-c", SEARCH_NODE], {
      input: marks,
    });
    expect(stdout.split("\n")).toEqual(["/etc/ssh/ssh_host_ed25519_key"]);
    // What was searched holds what cloud-init was told, and what the node has logged of the password.
    expect(await onNode(lab, "cat /var/lib/cloud/instance/user-data.txt")).toMatch(/^#cloud-config$/m);
    expect(await onNode(lab, "journalctl --no-pager")).toContain("password changed for student");
  });

  test("is not to be read by what runs as the student and not as root", async () => {
    const files = [
      "/etc/ssh/ssh_host_ed25519_key",
      "/etc/shadow",
      "/var/lib/cloud/instance/user-data.txt",
      "/var/lib/cloud/instance/cloud-config.txt",
      "/var/lib/cloud/seed/nocloud/user-data",
      "/run/cloud-init/instance-data-sensitive.json",
    ];
    const refused = `for file in ${files.join(" ")}; do
      test -s $file && ! runuser -u student -- head -c 1 $file 2> /dev/null && echo "refused $file"
    done; true`;
    expect(await onNode(lab, refused)).toBe(files.map((file) => `refused ${file}`).join("\n"));
  });

  test("nor is the operator's Docker Engine in reach of the student's containers: the socket is the node's own", async () => {
    const operators = (await lab.docker.info()).ID;
    const socket = "--volume /run/docker.sock:/run/docker.sock --volume /:/node debian:trixie";
    const ask = "chroot /node docker info --format {{.ID}}; find /node/run /node/var /run -xdev -name docker.sock";
    const [id, ...sockets] = (
      await onNode(lab, `runuser -u student -- docker run --rm ${socket} bash -c '${ask}'`)
    ).split("\n");
    expect(id).toBe(await onNode(lab, "docker info --format {{.ID}}"));
    expect(id).not.toBe(operators);
    expect(sockets.sort()).toEqual(["/node/run/docker.sock", "/run/docker.sock"]);
    const { Mounts } = await lab.docker.getContainer((await onlyNode(lab)).id).inspect();
    expect(Mounts.filter(({ Source }) => Source.endsWith(".sock"))).toEqual([]);
  });
});

/** The secrets of a lab of one seat, by name. */
function secretsOf({ directory, stack }: LabClone, state: string): Secret[] {
  const read = (...path: string[]) => readFileSync(join(directory, ".lab", ...path), "utf8");
  const [header = "", row = ""] = read(stack, "cards", "cards.csv").split("\n");
  const password = row.split(",")[header.split(",").indexOf("password")] ?? "";
  const { deployment } = JSON.parse(state) as { deployment: { resources: StateKey[] } };
  const keys = deployment.resources.filter(({ type }) => type === "tls:index/privateKey:PrivateKey");
  expect(keys.length).toBe(3);
  const formats = ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"];
  const keySecrets = keys.map(({ urn, outputs }) => {
    const name = KEY_NAMES.find((each) => urn.endsWith(each)) ?? urn;
    const texts = formats.map((format) => JSON.parse(outputs[format]?.plaintext ?? '""') as string);
    const marks = texts.filter((text) => text !== "").flatMap((text) => keySecret(name, text).marks);
    return { name: name.replace("-", " "), marks };
  });
  const order = (name: string) => KEY_NAMES.indexOf(name.replace(" ", "-"));
  return [
    ...keySecrets.sort((a, b) => order(a.name) - order(b.name)),
    textSecret("password", password),
    textSecret("passphrase", read("passphrase").trim()),
  ];
}

const KEY_NAMES = ["client-key", "host-key", "student-key"];

interface StateKey {
  readonly type: string;
  readonly urn: string;
  readonly outputs: Record<string, { readonly plaintext?: string } | undefined>;
}
