import { once } from "node:events";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { type HostileReport, renderHostileReport } from "./hostile-report";
import type { HostileAnswer, HostileOrder } from "./hostile-students";
import { REPOSITORY } from "./lab";
import { MOST_ON_A_NODE } from "./portal-class";
import { type CleanUp, classNodes, order, startProgram } from "./portal-machines";
import { openPortal } from "./portal-open";
import { type Endpoint, makeSeatsStack } from "./portal-stack";
import { useOfProcess } from "./process-tree";

const SIZE = { columns: 80, rows: 24 } as const;
const POLL_MILLISECONDS = 250;
/** For the nodes' own loops, which begin before the browsers'. */
const EXTRA_SECONDS = 15;

interface Request {
  readonly seats: number;
  readonly hostile: number;
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
    const { hostile, seats, nodes } = request;
    const endpoints = await classNodes({ ...request, nodes: hostile + nodes }, cleanUps);
    const seatsStack = `${request.stack}-seats`;
    cleanUps.push((await makeSeatsStack(seatsStack, assign(endpoints, request))).remove);
    const portal = await openPortal(seatsStack, request.port - 1);
    cleanUps.push(portal.close);
    const [others, attackers] = [
      startProgram("portal-class.ts", cleanUps),
      startProgram("hostile-students.ts", cleanUps),
    ];
    await order(others, { kind: "open", url: portal.url, codes: portal.codes.slice(hostile), nodes, size: SIZE });
    const quiet = await order(others, { kind: "measure", seconds: 10, who: "all" });
    await Promise.all(Array.from({ length: hostile }, (_, index) => turnNode(request, index + 1)));
    const memory = watchMemory(portal.processId);
    const orders: HostileOrder = { url: portal.url, codes: portal.codes.slice(0, hostile), seconds: request.seconds };
    attackers.send(orders);
    const [measured, [{ answer, problem }]] = await Promise.all([
      order(others, { kind: "measure", seconds: request.seconds, who: "all" }),
      once(attackers, "message") as Promise<[{ answer?: HostileAnswer; problem?: string }]>,
    ]);
    const report: HostileReport = {
      ...request,
      loadBefore,
      loadAfter: loadavg()[0] ?? Number.NaN,
      seatsOnANode: Math.ceil((seats - hostile) / nodes),
      quietEchoes: quiet?.echoes ?? [],
      echoes: measured?.echoes ?? [],
      ...memory.stop(),
      problem,
      attack: answer,
    };
    process.stdout.write(renderHostileReport(report));
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
      hostile: { type: "string", default: "5" },
      nodes: { type: "string", default: "3" },
      seconds: { type: "string", default: "60" },
      stack: { type: "string", default: "bench-hostile" },
      port: { type: "string", default: "4901" },
    },
  });
  const { stack, ...texts } = values;
  const numbers = { seats: 0, hostile: 0, nodes: 0, seconds: 0, port: 0 };
  for (const [name, text] of Object.entries(texts)) {
    if (!/^[1-9]\d*$/.test(text)) {
      throw new Error(`--${name} takes a whole number from 1, not "${text}"`);
    }
    numbers[name as keyof typeof numbers] = Number(text);
  }
  const others = numbers.seats - numbers.hostile;
  if (others < numbers.nodes || others / numbers.nodes > MOST_ON_A_NODE) {
    throw new Error(`--nodes: ${others} seats share ${Math.ceil(others / MOST_ON_A_NODE)} to ${others} nodes`);
  }
  return { ...numbers, stack };
}

/** Seats of a portal: the hostile ones first, with a node each; the others share what is left. */
function assign(endpoints: readonly Endpoint[], { seats, hostile }: Request): readonly Endpoint[] {
  const shared = endpoints.slice(hostile);
  return Array.from(
    { length: seats },
    (_, index) => (index < hostile ? endpoints[index] : shared[(index - hostile) % shared.length]) as Endpoint,
  );
}

/**
 * Nodes of one Docker Engine share its machine's processors, and nothing limits what one takes. A node with a machine of its
 * own takes only its own: here a hostile one has no more than this share of a core, so that the portal is measured.
 */
const CORES_OF_A_HOSTILE_NODE = "0.2";

async function turnNode({ stack, seconds }: Request, number: number): Promise<void> {
  const seat = `seat${String(number).padStart(2, "0")}`;
  await execa("docker", ["update", "--cpus", CORES_OF_A_HOSTILE_NODE, `lab-${stack}-${seat}-node1`]);
  const command = `LAB_SECONDS=${seconds + EXTRA_SECONDS} bash -s`;
  const input = readFileSync(join(__dirname, "hostile-node.sh"), "utf8");
  await execa("./lab", ["ssh", "--stack", stack, seat, command], { cwd: REPOSITORY, input });
}

/** The most memory that the portal had, and whether it was there all the time. */
function watchMemory(processId: number): {
  stop(): { readonly mostResident: number; readonly isAlive: boolean; readonly processorShare: number };
} {
  let [mostResident, isAlive] = [0, true];
  const [cpuBefore, start] = [useOfProcess(processId).cpu, performance.now()];
  const look = () => {
    const { resident } = useOfProcess(processId);
    mostResident = Math.max(mostResident, resident);
    isAlive = isAlive && resident > 0;
  };
  const timer = setInterval(look, POLL_MILLISECONDS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      const cpu = useOfProcess(processId).cpu - cpuBefore;
      return { mostResident, isAlive, processorShare: (cpu * 1000) / (performance.now() - start) };
    },
  };
}

main().catch((error: Error) => {
  process.stderr.write(`bench/hostile: ${error.message}\n`);
  process.exitCode = 1;
});
