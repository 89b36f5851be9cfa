import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { installPackage, thisSystem } from "../../adapters/files/system";
import { createReporter } from "../../cli/ui/reporter";

const CHROMIUM = "chromium";
const FLAGS = [
  // Its own sandbox cannot be made by root, nor in a container.
  "--no-sandbox",
  // For downloads: a context's ignoreHTTPSErrors is for its pages alone. Without this a download works as long as it finds its
  // page's connection open, and never again once a network of the machine has changed, as each container's start changes one.
  "--ignore-certificate-errors",
];

/** The distribution's Chromium, installed when it is missing: a machine that only ran labs has none. */
export async function launchChromium(): Promise<Browser> {
  const system = thisSystem(process.env);
  if ((await system.findProgram(CHROMIUM)) === undefined) {
    const missing = {
      finding: "no Chromium is installed",
      package: CHROMIUM,
      elsewhere: "Install Chromium, so that it can be called as chromium.",
    };
    await installPackage(missing, system, createReporter({ stream: process.stderr, json: false }));
  }
  return chromium.launch({ executablePath: (await system.findProgram(CHROMIUM)) ?? CHROMIUM, args: [...FLAGS] });
}

/** A machine of a class takes its time to come back, beside other tests' machines. */
const PATIENCE_MILLISECONDS = 120_000;

/** A browser of its own: no cookie of another one's. The portal's certificate is its own, as a student accepts it. */
export async function freshContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1360, height: 860 } });
  context.setDefaultTimeout(PATIENCE_MILLISECONDS);
  return context;
}

/** Collects what a page complains about: errors of its script, and everything that its security policy has blocked. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

/** The rules of accessibility that a page breaks seriously, each with where. */
export async function violationsOf(page: Page): Promise<string[]> {
  // As the debugger does it: the page's own security policy would let no such script in.
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}
