import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labLock } from "../../config/lock";
import { freshContext, launchChromium } from "../support/browser";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, nodesOf } from "../support/lab-facts";
import { firstCard, instructorCodeIn } from "./portal-at-work";
import { claimSeat, clickThrough, terminalReady } from "./portal-page";

const STATE = "/var/lib/lab-portal";

/** A portal that runs on a machine of the class. Each test goes on where the one before it ended. */
describe("a portal on a machine of the class", () => {
  let lab: LabClone;
  let browser: Browser;
  let page: Page;
  let url: string;
  let code: string;
  let instructorCode: string;

  beforeAll(async () => {
    lab = await makeLabClone();
    const port = lab.sshPort - 1;
    url = `https://127.0.0.1:${port}`;
    const settings = `config:\n  lab-nodes:portal: node\n  lab-nodes:portalPort: ${port}\n`;
    writeFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), settings);
    [browser] = await Promise.all([
      launchChromium(),
      lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify").then(expectSuccess),
    ]);
    page = await (await freshContext(browser)).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.remove();
  });

  /** What a command in the container of the portal's machine prints. */
  async function onMachine(...words: string[]): Promise<string> {
    const { stdout } = await execa("docker", ["exec", `lab-${lab.stack}-portal`, ...words]);
    return stdout;
  }

  /** Which files a process may write that has the portal's place: started before it, by its unit. */
  async function probedByPortal(): Promise<string[]> {
    const files = ["/etc/probe", "/opt/lab-portal/probe", `${STATE}/probe`, "/tmp/probe"];
    const probe = files.map((file) => `touch ${file} && echo writes ${file}`).join("\n");
    const folder = "/run/systemd/system/lab-portal.service.d";
    const restart = "systemctl daemon-reload && systemctl restart lab-portal.service";
    const settings = "[Service]\nExecStartPre=/bin/sh /run/probe.sh\n";
    const begin = `mkdir -p ${folder} && printf '%s' "$0" > /run/probe.sh && printf '%s' "$1" > ${folder}/probe.conf`;
    await onMachine("sh", "-c", `${begin} && ${restart}`, probe, settings);
    await onMachine("sh", "-c", `rm -r ${folder} /run/probe.sh && ${restart}`);
    const journal = await onMachine("journalctl", "--unit=lab-portal.service", "--output=cat", "--no-pager");
    return journal.split("\n").filter((line) => /^(touch:|writes) /.test(line));
  }

  test("`lab portal` opens it, and ends; a student's code gives the seat, and its terminal", async () => {
    const opened = expectSuccess(await lab.lab("portal", "--host", "127.0.0.1"));
    expect(opened.stdout).toContain(`is open, for 1 seat: ${url}`);
    instructorCode = instructorCodeIn(opened.stdout);
    const card = await firstCard(lab);
    expect(card.portal).toBe(url);
    code = card.code;
    await claimSeat(page, url, code);
    await terminalReady(page);
    expect(await clickThrough(page, url, "1")).toMatch(/^Well done/);
  });

  test("its machine has students' keys for the portal alone, and the operator's nowhere", async () => {
    const modes = await onMachine(
      "stat",
      "--format=%a %U %n",
      STATE,
      `${STATE}/settings.json`,
      `${STATE}/class-book.json`,
    );
    expect(modes.split("\n")).toEqual([
      `700 lab-portal ${STATE}`,
      `600 lab-portal ${STATE}/settings.json`,
      `600 lab-portal ${STATE}/class-book.json`,
    ]);
    const { seats } = JSON.parse(await onMachine("cat", `${STATE}/settings.json`)) as {
      seats: { address: { privateKey: string } }[];
    };
    const students = seats.map(({ address }) => keyLine(address.privateKey));
    const operators = keyLine(readFileSync(join(lab.directory, ".lab", lab.stack, "ssh", "id_ed25519"), "utf8"));
    expect(students).toHaveLength(1);
    expect(students).not.toContain(operators);
    const search = ["grep", "--recursive", "--files-with-matches", "--fixed-strings"];
    const holders = (key: string) =>
      onMachine(
        "sh",
        "-c",
        `${search.join(" ")} -e "$0" /var /etc /root /home /opt /run /tmp 2> /dev/null || true`,
        key,
      );
    expect(await holders(students[0] ?? "")).toBe(`${STATE}/settings.json`);
    expect(await holders(operators)).toBe("");
    const { stdout: state } = expectSuccess(await lab.pulumi("stack", "export"));
    expect(state).not.toContain(students[0]);
  });

  test("the portal runs on the pinned Node.js, confined: what it does not need is out of its reach", async () => {
    const { node } = labLock();
    expect(await onMachine("/opt/lab-portal/node/bin/node", "--version")).toBe(`v${node.version}`);
    const process = await onMachine("systemctl", "show", "--property=MainPID", "--value", "lab-portal.service");
    expect(await onMachine("cat", `/proc/${process}/cmdline`)).toMatch(/^\/opt\/lab-portal\/node\/bin\/node\0/);
    const status = await onMachine("cat", `/proc/${process}/status`);
    // CAP_NET_BIND_SERVICE alone.
    expect(status).toMatch(/^CapBnd:\t0000000000000400$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(await probedByPortal()).toEqual([
      // Not "Permission denied": that would be the user's doing alone.
      "touch: cannot touch '/etc/probe': Read-only file system",
      "touch: cannot touch '/opt/lab-portal/probe': Read-only file system",
      `writes ${STATE}/probe`,
      "writes /tmp/probe",
    ]);
    await expect(onMachine("ls", "/tmp/probe")).rejects.toThrow("No such file");
    await onMachine("rm", `${STATE}/probe`);
    const limit = await onMachine("systemctl", "show", "--property=MemoryMax", "--value", "lab-portal.service");
    const now = await onMachine("systemctl", "show", "--property=MainPID", "--value", "lab-portal.service");
    const group = await onMachine("cat", `/proc/${now}/cgroup`);
    const path = /^\d+:memory:(.*)$/m.exec(group)?.[1];
    const file = path === undefined ? undefined : `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`;
    const unified = /^0::(.*)$/m.exec(group)?.[1] ?? "";
    expect(await onMachine("cat", file ?? `/sys/fs/cgroup${unified}/memory.max`)).toBe(limit);
    expect(limit).toBe(String(512 * 1024 * 1024));
    const { HostConfig } = await lab.docker.getContainer(`lab-${lab.stack}-portal`).inspect();
    expect(HostConfig.CapAdd).toEqual(["CAP_SYS_ADMIN"]);
    expect(HostConfig.SecurityOpt).not.toContain("seccomp=unconfined");
  });

  test("the wall has the seat, and says where the class is changed in place of buttons for it", async () => {
    const wall = await (await freshContext(browser)).newPage();
    await claimSeat(wall, url, instructorCode);
    const row = wall.getByRole("row", { name: /seat01/ });
    await row.getByRole("img", { name: "done" }).waitFor();
    await wall
      .getByText("To replace machines, use spares or extend the class, run these commands on the operator's machine")
      .waitFor();
    expect(await wall.getByRole("button", { name: /New machine/ }).count()).toBe(0);
    await wall.context().close();
  });

  test("a restart of its machine loses nothing, and a second `up` changes nothing", async () => {
    await lab.docker.getContainer(`lab-${lab.stack}-portal`).restart({ t: 5 });
    await expect
      .poll(
        () =>
          page.goto(url).then(
            () => "open",
            () => "closed",
          ),
        { timeout: 30_000 },
      )
      .toBe("open");
    await terminalReady(page);
    await page.getByText("1 of 7 done").waitFor();
    expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--refresh"));
    expect((await lab.lab("status")).stdout).toContain(`opens the portal there, on port ${lab.sshPort - 1}.`);
  });

  test("a seat is freed and progress exported by `lab`, which asks the portal's machine", async () => {
    const table = expectSuccess(await lab.lab("portal", "export", "--format", "csv")).stdout;
    expect(table.match(/^seat01,\d,.+,yes,/gm)).toHaveLength(1);
    expectSuccess(await lab.lab("portal", "free", "seat01"));
    await page.getByText("Your seat was freed").waitFor();
    const other = await (await freshContext(browser)).newPage();
    await claimSeat(other, url, code);
    await terminalReady(other);
  });

  test("a machine that was stopped is started again by `up`; one that is gone is told, and `down` leaves nothing", async () => {
    const machine = lab.docker.getContainer(`lab-${lab.stack}-portal`);
    await machine.stop({ t: 5 });
    expect((await lab.lab("status")).stdout).toContain("The portal's machine is unreachable");
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect((await nodesOf(lab)).map(({ name, state }) => [name, state])).toEqual([
      [`lab-${lab.stack}-node1`, "running"],
      [`lab-${lab.stack}-portal`, "running"],
    ]);
    await machine.remove({ force: true });
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
  });
});

/** A line that is in this private key, and in no other. */
function keyLine(key: string): string {
  return key.split("\n")[3] ?? expect.fail("no key");
}
