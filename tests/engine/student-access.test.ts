import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, filesUnder, leftoversOf, nodesOf, onNode } from "../support/lab-facts";
import { type Login, offeredMethods, tryLogin } from "../support/ssh-login";
import { modeOf, type Watched, watch } from "../support/watch";

const SEATS = ["seat01", "seat02"] as const;
type SeatName = (typeof SEATS)[number];

/** Every place of a node where a password could have been written down. */
const WRITTEN_ON_NODE = [
  "journalctl --no-pager --output=export",
  "find /var/lib/cloud /var/log /run/cloud-init /etc /root /home /tmp -type f -exec cat {} +",
  "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null",
].join("; ");

/** Each student has a seat, and nobody another's: two seats, with passwords and then without. */
describe("students of a class of two seats", () => {
  let lab: LabClone;
  let making: Watched<CommandResult>;
  let cards: string;
  let passwords: Record<SeatName, string>;

  beforeAll(async () => {
    lab = await makeLabClone();
    const temporary = join(lab.directory, "tmp");
    mkdirSync(temporary);
    lab.environment["TMPDIR"] = temporary;
    const words = ["up", "--seats", "2", "--ssh-port", String(lab.sshPort), "--no-verify", "--verbose"];
    making = await watch(temporary, () => lab.lab(...words));
    expectSuccess(making.result);
    cards = join(lab.directory, ".lab", lab.stack, "cards");
    expectSuccess(await lab.lab("cards", "--keys"));
    passwords = Object.fromEntries(rowsOf(cards).map(({ seat, password }) => [seat, password])) as typeof passwords;
  });
  afterAll(() => lab.remove());

  /** Logs in to a seat; gives the user's name there, or what the server said. */
  const login = (seat: SeatName, user: string, secret: Pick<Login, "password" | "privateKey">) =>
    tryLogin({ port: lab.sshPort + SEATS.indexOf(seat), username: user, ...secret });

  const keyOf = (seat: SeatName) => readFileSync(join(cards, `${seat}.key`), "utf8");

  const passwordsIn = (text: string) => SEATS.filter((seat) => text.includes(passwords[seat]));

  test("`lab up` says how to print their cards", () => {
    expect(making.result.stdout).toContain(`./lab cards --stack ${lab.stack}`);
  });

  test("the cards are files for their owner alone, and `--json` names them without a secret", async () => {
    const files = ["cards.csv", "cards.html", "seat01.key", "seat02.key"].map((file) => join(cards, file));
    expect(filesUnder(cards).sort()).toEqual(files);
    expect([cards, ...files].map(modeOf)).toEqual(["700", "600", "600", "600", "600"]);
    const output = join(lab.directory, "one-card");
    const { stdout } = expectSuccess(await lab.lab("cards", "--json", "--seat", "2", "--output", output));
    expect(JSON.parse(stdout)).toEqual({
      stack: lab.stack,
      seats: ["seat02"],
      files: [join(output, "seat02.html"), join(output, "seat02.csv")],
      without: [],
    });
    expect(passwordsIn(readFileSync(join(output, "seat02.html"), "utf8"))).toEqual(["seat02"]);
  });

  test.each(SEATS)("%s: a student gets in with the card's password, and with the seat's key", async (seat) => {
    expect(await login(seat, "student", { password: passwords[seat] })).toBe("student");
    expect(await login(seat, "student", { privateKey: keyOf(seat) })).toBe("student");
  });

  test.each([
    ["seat01", "seat02"],
    ["seat02", "seat01"],
  ] as const)("%s: the password and the key of %s are refused", async (seat, other) => {
    expect(passwords[seat]).not.toBe(passwords[other]);
    expect(await login(seat, "student", { password: passwords[other] })).toMatch(/authentication methods failed/);
    expect(await login(seat, "student", { privateKey: keyOf(other) })).toMatch(/authentication methods failed/);
  });

  test("a student's password and key open nobody else's account", async () => {
    // An account with a password, and with the same one: what refuses it is sshd.
    await onNode(lab, "seat01", "useradd other; for user in other root; do echo $user:lab-probe-1 | chpasswd; done");
    const methods: string[] = [];
    for (const user of ["root", "other"]) {
      expect(await login("seat01", user, { password: "lab-probe-1" })).toMatch(/authentication methods failed/);
      methods.push(...(await offeredMethods({ port: lab.sshPort, username: user })));
    }
    expect(new Set(methods)).toEqual(new Set(["publickey"]));
    expect(await login("seat01", "root", { privateKey: keyOf("seat01") })).toMatch(/authentication methods failed/);
  });

  test("the card's fingerprint is that of the key which the node shows", async () => {
    const shown = await onNode(lab, "seat01", "ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub");
    const [card] = rowsOf(cards);
    expect(shown.split(" ")[1]).toBe(card?.["host key"]);
  });

  test("guessing is slow: sshd ends a connection after six tries", async () => {
    const student = "sshd -T -C user=student,host=x,addr=127.0.0.1";
    expect(await onNode(lab, "seat01", student)).toMatch(/^maxauthtries [1-6]$/m);
  });

  test("the state has passwords and keys, but as ciphertext", async () => {
    const secrets = [...Object.values(passwords), ...SEATS.map((seat) => bodyOf(keyOf(seat)))];
    const found = (text: string) => secrets.filter((secret) => text.includes(secret)).length;
    expect(found(expectSuccess(await lab.pulumi("stack", "export")).stdout)).toBe(0);
    expect(found(expectSuccess(await lab.pulumi("stack", "export", "--show-secrets")).stdout)).toBe(4);
    expect(found(expectSuccess(await lab.pulumi("stack", "output", "--json")).stdout)).toBe(0);
  });

  test("no other file of the lab has them, no argument of a process had, and the event log is gone", () => {
    const files = filesUnder(join(lab.directory, ".lab")).filter((file) => !file.startsWith(cards));
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((file) => passwordsIn(readFileSync(file, "latin1")).length > 0)).toEqual([]);
    // The nodes' processes are this machine's, too. cloud-init's run for seconds; chpasswd can be gone between two looks.
    const seen = [...making.processArguments];
    expect(seen.some((line) => line.includes("/usr/bin/cloud-init"))).toBe(true);
    expect(seen.filter((line) => passwordsIn(line).length > 0)).toEqual([]);
    expect(passwordsIn(making.result.stdout + making.result.stderr)).toEqual([]);
    const logs = [...making.fileModes].filter(([file]) => file.includes("events"));
    expect(logs.map(([file, mode]) => [mode, existsSync(file)])).toEqual([["600", false]]);
  });

  test.each(SEATS)(
    "%s: nothing on the node has the password in plain, user data, logs and processes neither",
    async (seat) => {
      const written = await onNode(lab, seat, WRITTEN_ON_NODE);
      // That it was looked at: user data, the journal and accounts are there.
      expect(written).toMatch(/#cloud-config/);
      expect(written).toMatch(/password changed for student/);
      expect(written).toMatch(/^student:\$/m);
      expect(passwordsIn(written)).toEqual([]);
      expect(written).not.toContain(bodyOf(keyOf(seat)));
    },
  );

  test("`access.password: none` takes the passwords away, and leaves machines and keys", async () => {
    const nodes = await nodesOf(lab);
    expectSuccess(await lab.pulumi("config", "set", "--path", "access.password", "none"));
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await nodesOf(lab)).toEqual(nodes);
    for (const seat of SEATS) {
      expect(await login(seat, "student", { password: passwords[seat] })).toMatch(/authentication methods failed/);
      expect(await login(seat, "student", { privateKey: keyOf(seat) })).toBe("student");
    }
    expect(await offeredMethods({ port: lab.sshPort, username: "student" })).toEqual(["publickey"]);
    const { stderr } = expectSuccess(await lab.lab("cards"));
    expect(stderr).toContain("./lab cards --keys");
    expect(rowsOf(cards).map(({ password, command }) => [password, command])).toEqual(
      SEATS.map((seat, index) => ["", `ssh -i ${seat}.key -p ${lab.sshPort + index} student@127.0.0.1`]),
    );
  });

  test("and back again the same ones, which a new machine gets as well", async () => {
    expectSuccess(await lab.pulumi("config", "set", "--path", "access.password", "generated"));
    expectSuccess(await lab.lab("up", "--no-verify", "--replace", "seat02"));
    for (const seat of SEATS) {
      expect(await login(seat, "student", { password: passwords[seat] })).toBe("student");
    }
  });

  test("`lab down` takes the cards away", async () => {
    expect(existsSync(cards)).toBe(true);
    expect(expectSuccess(await lab.lab("down")).stdout).toContain("no container, volume, network or key of it is left");
    expect(existsSync(cards)).toBe(false);
    expect(await leftoversOf(lab)).toEqual([]);
  });
});

/** The rows of the table of cards, by the names of its columns. */
function rowsOf(folder: string): Record<string, string>[] {
  const [head = "", ...lines] = readFileSync(join(folder, "cards.csv"), "utf8").trim().split("\r\n");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(head.split(",").map((name, index) => [name, cells[index] ?? ""]));
  });
}

/** A line of a private key that no other key has. */
function bodyOf(key: string): string {
  const line = key.split("\n")[3];
  expect(line).toMatch(/^[\w+/=]{40,}$/);
  return line ?? "";
}
