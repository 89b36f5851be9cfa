import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type BenchBrowser, openBrowser } from "./portal-browser";
import { MOST_ON_A_NODE } from "./portal-class";
import { type CleanUp, classNodes, order, startProgram } from "./portal-machines";
import { type OpenPortal, openPortal } from "./portal-open";
import { BUILD_COMMAND, FLOOD_COMMAND } from "./portal-output";
import { renderPortalReport, type Situation } from "./portal-report";
import { type Endpoint, makeSeatsStack } from "./portal-stack";
import { useOfProcess } from "./process-tree";

interface Request {
  readonly seats: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly stack: string;
  readonly port: number;
}

async function main(): Promise<void> {
  const request = readRequest(process.argv.slice(2));
  const [loadBefore = Number.NaN] = loadavg();
  const cleanUps: CleanUp[] = [];
  try {
    const endpoints = request.nodes === 0 ? await echoNode(cleanUps) : await classNodes(request, cleanUps);
    const seatsStack = `${request.stack}-seats`;
    const all = Array.from({ length: request.seats }, (_, index) => endpoints[index % endpoints.length] as Endpoint);
    cleanUps.push((await makeSeatsStack(seatsStack, all)).remove);
    const portal = await openPortal(seatsStack, request.port - 1);
    cleanUps.push(portal.close);
    const browser = await openBrowser(portal.url, portal.instructorCode, "seat01");
    cleanUps.push(browser.close);
    const students = startProgram("portal-class.ts", cleanUps);
    // The echoing server is one shell a seat
    const nodes = request.nodes === 0 ? request.seats : request.nodes;
    await order(students, { kind: "open", url: portal.url, codes: portal.codes, nodes, size: browser.size });
    process.stdout.write(
      renderPortalReport({ ...request, loadBefore, ...(await measureAll(request, portal, students, browser)) }),
    );
  } finally {
    for (const cleanUp of cleanUps.reverse()) {
      await cleanUp();
    }
  }
}

function readRequest(words: string[]): Request {
  const { values } = parseArgs({
    args: words,
    options: {
      seats: { type: "string", default: "30" },
      nodes: { type: "string" },
      seconds: { type: "string", default: "20" },
      stack: { type: "string", default: "bench-portal" },
      port: { type: "string", default: "4801" },
    },
  });
  const [seats, seconds, port] = [Number(values.seats), Number(values.seconds), Number(values.port)];
  const nodes = values.nodes === undefined ? seats : Number(values.nodes);
  if (![seats, seconds, port].every((value) => Number.isInteger(value) && value > 0) || !Number.isInteger(nodes)) {
    throw new Error(`seats, nodes, seconds and port are whole numbers: ${words.join(" ")}`);
  }
  if (nodes < 0 || nodes > seats || (nodes > 0 && seats / nodes > MOST_ON_A_NODE)) {
    throw new Error(`${seats} seats take 0 nodes, or ${Math.ceil(seats / MOST_ON_A_NODE)} to ${seats}; not ${nodes}`);
  }
  return { seats, nodes, seconds, stack: values.stack, port };
}

async function echoNode(cleanUps: CleanUp[]): Promise<readonly Endpoint[]> {
  const [endpoint] = (await once(startProgram("portal-echo-node.ts", cleanUps), "message")) as [Endpoint];
  return [endpoint];
}

async function measureAll({ seconds }: Request, portal: OpenPortal, students: ChildProcess, browser: BenchBrowser) {
  const type = (text: string, where: "everywhere" | "first node") => order(students, { kind: "type", text, where });
  const measure = (name: string, who: "all" | "all but the first node's") =>
    measureSituation(name, { seconds, who, portal, students, browser });
  const idle = await measure("idle", "all");
  const [pageSize, reloads] = [await browser.pageSize(), await browser.reloads()];
  await type(`${BUILD_COMMAND}\r`, "everywhere");
  const building = await measure("all building", "all");
  await type("\x03", "everywhere");
  await sleep(1000);
  await type(`${FLOOD_COMMAND}\r`, "first node");
  const flooded = await measure("seat01 flooded", "all but the first node's");
  return { situations: [idle, building, flooded], stop: await browser.stop(), pageSize, reloads };
}

async function measureSituation(
  name: string,
  {
    seconds,
    who,
    portal: { processId },
    students,
    browser,
  }: {
    seconds: number;
    who: "all" | "all but the first node's";
    portal: OpenPortal;
    students: ChildProcess;
    browser: BenchBrowser;
  },
): Promise<Situation> {
  process.stderr.write(`${name}\n`);
  const [before, start] = [useOfProcess(processId), performance.now()];
  const answer = await order(students, { kind: "measure", seconds, who });
  const after = useOfProcess(processId);
  const cpu = ((after.cpu - before.cpu) * 1000) / (performance.now() - start);
  await order(students, { kind: "type", text: "\x15", where: "everywhere" });
  // Nobody else types meanwhile: they share its line. A flooded terminal shows no single key.
  const keys = who === "all" ? await browser.keys() : [];
  return {
    name,
    keys,
    echoes: (answer?.echoes ?? []).map((echo) => echo ?? Number.POSITIVE_INFINITY),
    charactersPerSecond: answer?.charactersPerSecond ?? Number.NaN,
    messagesPerSecond: answer?.messagesPerSecond ?? Number.NaN,
    cpu,
    resident: after.resident,
    proportional: after.proportional,
  };
}

main().catch((error: Error) => {
  process.stderr.write(`bench/portal: ${error.message}\n`);
  process.exitCode = 1;
});
