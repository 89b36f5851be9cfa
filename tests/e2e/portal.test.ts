import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaintsOf, freshContext, launchChromium, violationsOf } from "../support/browser";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, onlyNode } from "../support/lab-facts";
import { openPortal, type PortalAtWork } from "./portal-at-work";
import { importedLesson } from "./portal-own-lesson";
import { checkStep, claimSeat, clickCommand, clickThrough, screenText, terminalReady } from "./portal-page";

const MOST_KILOBYTES = 300;
const STEPS = ["1", "2", "3", "4", "5", "6", "7"] as const;
const RESET_MILLISECONDS = 240_000;

/** A student with nothing but an address and a code, and an instructor who looks on. Each test goes on where the one before it ended. */
describe("the portal of a class of one", () => {
  let lab: LabClone;
  let portal: PortalAtWork;
  let browser: Browser;
  let student: BrowserContext;
  let page: Page;
  let complaints: string[];
  let wall: Page;

  beforeAll(async () => {
    lab = await makeLabClone();
    [browser] = await Promise.all([
      launchChromium(),
      lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify").then(expectSuccess),
    ]);
    portal = await openPortal(lab, lab.sshPort + 4, "--log-terminals", join(lab.directory, "logs"));
    student = await freshContext(browser);
    page = await student.newPage();
    complaints = complaintsOf(page);
  });
  afterAll(async () => {
    await browser?.close();
    await portal?.stop();
    await lab?.remove();
  });

  /** The file that a link of the wall gives. */
  async function downloaded(name: string, tries = 3): Promise<string> {
    const [download] = await Promise.all([wall.waitForEvent("download"), wall.getByRole("link", { name }).click()]);
    const failure = await download.failure();
    // Chromium gives up what it is loading when a network of the machine changes: another test's container starts.
    return failure === "canceled" && tries > 1 ? downloaded(name, tries - 1) : download.path();
  }

  test("a page whose script was lost on its way asks to be reloaded", async () => {
    await page.route("**/assets/*.js", (route) => route.abort(), { times: 1 });
    await page.goto(portal.url);
    await page.getByText("part of the page could not be loaded: reload the page").waitFor();
    await page.reload();
    await page.getByLabel("The code on your card").waitFor();
    expect(await page.getByText("could not be loaded").count()).toBe(0);
  });

  test("a wrong code is refused in words", async () => {
    await claimSeat(page, portal.url, "abcd-2345");
    await page.getByText("This code does not exist. Compare it with the portal code on your card").waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  test("the address of the card's QR code gives the browser its seat, and a terminal on node1", async () => {
    expect(portal.card.portal).toBe(portal.url);
    await page.goto(`${portal.card.portal}/#${portal.card.code}`);
    await page.reload();
    await terminalReady(page);
    expect(await screenText(page)).toContain("student@node1:~$");
    expect(await page.getByText("All commands are typed on your own machine").innerText()).toContain("node1");
    const [cookie] = await student.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict" });
  });

  test("the page is small, and codes are kept for their owner alone", async () => {
    const sizes = (await page.evaluate(
      "performance.getEntriesByType('resource').map(({ encodedBodySize }) => encodedBodySize)",
    )) as number[];
    const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1024;
    expect(kilobytes).toBeGreaterThan(20);
    expect(kilobytes).toBeLessThan(MOST_KILOBYTES);
    const file = join(lab.directory, ".lab", lab.stack, "portal", "class-book.json");
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  });

  test("a step that is not done says what is missing, with a hint", async () => {
    await page.goto(`${portal.url}/#step-2`);
    expect(await checkStep(page)).toMatch(/^Not yet\./);
    await page.getByText("Expected an image named ourfiglet; found").waitFor();
    await page.getByText("Hint", { exact: true }).click();
    await page.getByText("Leave the container with exit, commit it").waitFor();
  });

  test("a reload in the middle goes on where it was", async () => {
    await clickCommand(page, page.getByRole("button", { name: /container run -ti/ }));
    const [prompt] = /root@[0-9a-f]{12}/.exec(await screenText(page)) ?? [];
    expect(prompt).toBeDefined();
    await page.reload();
    await terminalReady(page);
    expect(await screenText(page)).toContain(prompt);
    await clickCommand(page, page.getByRole("button", { name: /^exit Run/ }));
  });

  test.for(STEPS)("step %s, by clicks alone: its check is green", async (step) => {
    expect(await clickThrough(page, portal.url, step)).toMatch(/^Well done/);
  });

  test("nothing was blocked, and nothing failed in the page", () => {
    expect(complaints).toEqual([]);
  });

  test.for(["light", "dark"] as const)("no serious violation of accessibility rules in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await violationsOf(page)).toEqual([]);
  });

  test("a second browser with the same code is refused until the seat is freed; then the first one has it no more", async () => {
    const second = await (await freshContext(browser)).newPage();
    await claimSeat(second, portal.url, portal.card.code);
    await second.getByText("This code has already been used: another browser has seat01.").waitFor();
    expectSuccess(await lab.lab("portal", "free", "seat01"));
    await page.getByText("Your seat was freed").waitFor();
    await claimSeat(second, portal.url, portal.card.code);
    await terminalReady(second);
    await second.context().close();
    expectSuccess(await lab.lab("portal", "free", "seat01"));
  });

  test("the instructor's wall shows the seat with all steps done", async () => {
    wall = await (await freshContext(browser)).newPage();
    await claimSeat(wall, portal.url, portal.instructorCode);
    const row = wall.getByRole("row", { name: /seat01/ });
    await row.waitFor();
    expect(await row.getByRole("img", { name: "done" }).count()).toBe(7);
    expect(await violationsOf(wall)).toEqual([]);
  });

  test("a node that goes and comes back is told, and the terminal is there again", async () => {
    page = await (await freshContext(browser)).newPage();
    expectSuccess(await lab.lab("portal", "free", "seat01"));
    await claimSeat(page, portal.url, portal.card.code);
    await terminalReady(page);
    const node = lab.docker.getContainer((await onlyNode(lab)).id);
    await node.stop({ t: 5 });
    await page.getByText("Your machine cannot be reached").waitFor();
    await node.start();
    await page.getByText("Connected.").waitFor();
    await terminalReady(page);
  });

  test("an instructor who looks on with a larger window, and types, leaves the student's as large as it is", async () => {
    const columns = async (typedIn: Page, word: string) => {
      await typedIn.locator(".xterm-helper-textarea").focus();
      await typedIn.keyboard.type(`clear; echo ${word}: $(tput cols)\n`);
      const line = page.locator(".xterm-rows > div").getByText(new RegExp(`^${word}: \\d+`));
      return (await line.innerText()).split(" ")[1]?.trim();
    };
    const before = await columns(page, "before");
    const large = await freshContext(browser);
    await large.addCookies(await wall.context().cookies());
    const watching = await large.newPage();
    await watching.setViewportSize({ width: 1900, height: 1000 });
    await watching.goto(`${portal.url}/seat/seat01`);
    await watching.getByText("Connected.").waitFor();
    await watching.getByText(`before: ${before}`).waitFor();
    expect(await columns(watching, "after")).toBe(before);
    expect(Number(before)).toBeGreaterThan(40);
    await large.close();
  });

  test("an export of the wall is genuine until a word of it is changed, and as a table it has every step", async () => {
    await wall.getByText("It does not prove who did the work").waitFor();
    const [json, csv] = [await downloaded("signed JSON"), await downloaded("CSV")];
    expect((await lab.lab("portal", "verify", json)).stdout).toMatch(/is genuine: the portal of "/);
    const changed = join(lab.directory, "changed.json");
    writeFileSync(changed, readFileSync(json, "utf8").replace("passedAt", "passedat"));
    const refused = await lab.lab("portal", "verify", changed);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("its content was changed after signing"),
    });
    expect(readFileSync(csv, "utf8").match(/^seat01,\d,.+,yes,/gm)).toHaveLength(7);
    expect((await lab.lab("portal", "export", "--format", "csv")).stdout).toContain("seat01,7,");
  });

  test("a seat that is reset from the wall: its open page says so, and goes on on the new machine", async () => {
    await wall.getByRole("button", { name: "New machine for seat01" }).click();
    const dialog = wall.getByRole("dialog", { name: "Replace the machine of seat01?" });
    await dialog.getByText(`.lab/${lab.stack}/homes`).waitFor();
    expect(await violationsOf(wall)).toEqual([]);
    await dialog.getByRole("button", { name: "Replace machine" }).click();
    await wall.getByText("./lab reset seat01 --yes has been running since").waitFor();
    await page.getByText("Your instructor is replacing your machine.").waitFor();
    await page.getByText("your instructor is replacing it").waitFor({ timeout: RESET_MILLISECONDS });
    await wall.getByText("./lab reset seat01 --yes succeeded").waitFor({ timeout: RESET_MILLISECONDS });
    await page.getByText("Your machine was replaced by a new one.").waitFor();
    await terminalReady(page);
    await page.getByText("0 of 7 done").waitFor();
    await wall.getByRole("img", { name: "done" }).first().waitFor({ state: "detached" });
    expect(await violationsOf(wall)).toEqual([]);
    expect(readdirSync(join(lab.directory, ".lab", lab.stack, "homes"))).toEqual([
      expect.stringMatching(/^seat01-.*gz$/),
    ]);
  });

  test("the whole lesson on the new machine without WebSockets; the open wall shows each step as it is done", async () => {
    const filtered = await freshContext(browser);
    await filtered.routeWebSocket(/./, (socket) => socket.close());
    await filtered.addCookies(await page.context().cookies());
    const other = await filtered.newPage();
    await other.goto(portal.url);
    await terminalReady(other);
    const done = wall.getByRole("row", { name: /seat01/ }).getByRole("img", { name: "done" });
    for (const [before, step] of STEPS.entries()) {
      expect(await done.count()).toBe(before);
      expect(await clickThrough(other, portal.url, step)).toMatch(/^Well done/);
      await done.nth(before).waitFor();
    }
    await filtered.close();
  });

  test("what the terminal showed was kept, and the page says so", async () => {
    await page.getByText("This terminal is recorded").waitFor();
    const file = join(lab.directory, "logs", "seat01.log");
    expect(readFileSync(file, "utf8")).toContain("hello from");
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  });

  test("an imported lesson begins with nothing done, is done by clicks, and the wall has it", async () => {
    await page.reload();
    await page.getByText("7 of 7 done").waitFor();
    expect(await portal.stop()).toMatchObject({ exitCode: 0 });
    portal = await openPortal(lab, lab.sshPort + 4, "--lesson", await importedLesson(lab));
    await page.goto(`${portal.url}/#step-1`);
    await page.reload();
    await terminalReady(page);
    await page.getByText("0 of 2 done").waitFor();
    expect(await checkStep(page)).toMatch(/^Not yet\./);
    await page.getByText("Expected an image named morning:v1; found").waitFor();
    await page.reload();
    await terminalReady(page);
    expect(await clickThrough(page, portal.url, "1")).toMatch(/^Well done/);
    expect(await clickThrough(page, portal.url, "2")).toMatch(/^Well done/);
    expect(await screenText(page)).toContain("hello from");
    wall = await (await freshContext(browser)).newPage();
    await claimSeat(wall, portal.url, portal.instructorCode);
    const row = wall.getByRole("row", { name: /seat01/ });
    await row.waitFor();
    expect(await row.getByRole("img", { name: "done" }).count()).toBe(2);
    const { stdout: table } = await lab.lab("portal", "export", "--format", "csv");
    expect(table.match(/^seat01,\d,.+,yes,/gm)).toEqual([
      expect.stringContaining("seat01,1,Another name,yes,"),
      expect.stringContaining("seat01,2,Its words,yes,"),
    ]);
  });

  test("Ctrl-C closes it, and `lab down` leaves nothing of it", async () => {
    expect(await portal.stop()).toMatchObject({ exitCode: 0 });
    expectSuccess(await lab.lab("down"));
  });
});
