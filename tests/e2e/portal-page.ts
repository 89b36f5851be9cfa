import type { Page } from "playwright-core";
import { endsInPrompt, hasBegun } from "./portal-screen";

/** Opens a page of the portal, and reloads it where it asks for that: Chromium drops what it loads when a network of the machine changes. */
export async function openPage(page: Page, url: string): Promise<void> {
  await page.goto(url);
  if (await page.getByText("could not be loaded: reload the page").isVisible()) {
    await page.reload();
  }
}

/** Types a code on the claim page. */
export async function claimSeat(page: Page, url: string, code: string): Promise<void> {
  await openPage(page, url);
  await page.getByLabel("The code on your card").fill(code);
  await page.getByRole("button", { name: "Take my seat" }).click();
}

/** Waits for the terminal to be connected and at a prompt. */
export async function terminalReady(page: Page): Promise<void> {
  await page.getByText("Connected.").waitFor();
  await waitForPrompt(page, () => true);
}

/** The lines that the terminal shows. */
export async function screenText(page: Page): Promise<string> {
  return (await page.locator(".xterm-rows > div").allTextContents()).join("\n").replaceAll(" ", " ").trimEnd();
}

/** Does all that a step's page asks for, by clicks alone, then lets it be checked; gives what the check says. */
export async function clickThrough(page: Page, url: string, step: string): Promise<string> {
  await page.goto(`${url}/#step-${step}`);
  await page.getByRole("heading", { name: new RegExp(`^Step ${step}`) }).waitFor();
  for (const task of await page.locator("[data-task]").all()) {
    const file = task.locator("button.file-name");
    if ((await file.count()) > 0) {
      await file.click();
      await task.getByText("is in your home folder").waitFor();
    } else {
      await clickCommand(page, task.locator("button.command"));
    }
  }
  return checkStep(page);
}

/** Clicks a command and waits until its prompt is back. */
export async function clickCommand(page: Page, button: ReturnType<Page["locator"]>): Promise<void> {
  const command = await button.locator("code").innerText();
  const before = await screenText(page);
  await button.click();
  await waitForPrompt(page, (text) => hasBegun(command, before, text));
}

/** Clicks "Check this step"; gives the first line of the result. */
export async function checkStep(page: Page): Promise<string> {
  await page.getByRole("button", { name: /Check this step|I have read this/ }).click();
  const result = page.locator(".result");
  await result.getByText(/Well done|Not yet|answer/).waitFor();
  return (await result.innerText()).trim();
}

async function waitForPrompt(page: Page, isAwaited: (text: string) => boolean): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const text = await screenText(page);
    if (isAwaited(text) && endsInPrompt(text)) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`no prompt came back; the terminal shows:\n${text}`);
    }
    await page.waitForTimeout(150);
  }
}
