import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { ClientMessage } from "../portal/protocol";
import { freshContext, launchChromium } from "../tests/support/browser";
import type { TerminalSize } from "./portal-class";

const RELOADS = 5;
const KEYS = 40;
/** The class types the others. */
const MARKS = "YZ";
const LOST_MILLISECONDS = 10_000;

/** Notes when a key goes down, and when its letter is drawn. Runs in the page. */
const WATCH = `(() => {
  const rows = () => document.querySelector(".xterm-rows").textContent;
  addEventListener("keydown", ({ key }) => {
    const start = performance.now();
    window.shown = new Promise((resolve) => {
      const look = () => rows().includes(key) ? resolve(performance.now() - start)
        : performance.now() - start > ${LOST_MILLISECONDS} ? resolve(null) : requestAnimationFrame(look);
      look();
    });
  }, true);
})()`;
const AT_PROMPT = String.raw`/\$\s*$/.test(document.querySelector(".xterm-rows")?.textContent.trimEnd().slice(-3) ?? "")`;

/** One real browser among the class's. */
export interface BenchBrowser {
  readonly size: TerminalSize;
  /** Milliseconds from key presses to their letters on the screen; Infinity for what never came. */
  keys(): Promise<number[]>;
  /** Milliseconds from the order to reload until the prompt is on the screen. */
  reloads(): Promise<number[]>;
  /** Milliseconds from Ctrl-C until the prompt is on the screen. */
  stop(): Promise<number>;
  /** Bytes of the page, compressed as they were sent. */
  pageSize(): Promise<number>;
  close(): Promise<void>;
}

/** Opens a seat's page with the instructor's code. */
export async function openBrowser(url: string, code: string, seat: string): Promise<BenchBrowser> {
  const browser = await launchChromium();
  const page = await (await freshContext(browser)).newPage();
  await page.goto(`${url}/#${code}`);
  await page.getByRole("row", { name: /seat01/ }).waitFor();
  const size = sentSize(page);
  await page.goto(`${url}/seat/${seat}`);
  await page.getByText("Connected.").waitFor();
  await page.evaluate(WATCH);
  return {
    size: await size,
    keys: () => pressKeys(page),
    reloads: async () => {
      const all: number[] = [];
      for (let round = 0; round < RELOADS; round++) {
        const start = performance.now();
        await page.reload({ waitUntil: "commit" });
        await until(page, AT_PROMPT);
        all.push(performance.now() - start);
      }
      await page.evaluate(WATCH);
      return all;
    },
    stop: async () => {
      const start = performance.now();
      await page.locator(".xterm-helper-textarea").press("Control+c");
      await until(page, AT_PROMPT);
      return performance.now() - start;
    },
    pageSize: () => page.evaluate(SIZE),
    close: () => browser.close(),
  };
}

const SIZE = `performance.getEntries().filter(({ entryType, initiatorType }) =>
  entryType === "navigation" || ["script", "link", "css"].includes(initiatorType))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

/** The size that the page tells the portal. */
function sentSize(page: Page): Promise<TerminalSize> {
  return new Promise((resolve) => {
    page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        const message = JSON.parse(String(payload)) as ClientMessage;
        if (message.kind === "size") {
          resolve({ columns: message.columns, rows: message.rows });
        }
      }),
    );
  });
}

/** Waits, frame by frame, as the debugger does it: the page's own security policy lets no text become a script. */
async function until(page: Page, condition: string): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const look = () => (${condition}) ? done() : requestAnimationFrame(look);
    look();
  })`);
}

async function pressKeys(page: Page): Promise<number[]> {
  const all: number[] = [];
  await page.locator(".xterm-helper-textarea").focus();
  for (let turn = 0; turn < KEYS; turn++) {
    const mark = MARKS.charAt(turn % MARKS.length);
    await until(page, `!document.querySelector(".xterm-rows").textContent.includes("${mark}")`);
    await page.keyboard.press(mark);
    all.push(((await page.evaluate("window.shown")) as number | null) ?? Number.POSITIVE_INFINITY);
    await page.keyboard.press("Backspace");
    await sleep(150 + Math.random() * 200);
  }
  return all;
}
