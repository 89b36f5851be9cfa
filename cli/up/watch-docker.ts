import type { EngineEvent } from "@pulumi/pulumi/automation";
import { enginesOf } from "../hosts/class-hosts";
import type { RunningBoard } from "../output/board/start";
import type { PreparedLab } from "../prepare";
import { DockerWork } from "./docker-work";
import { engineWord } from "./engine-word";
import { wakeDocker } from "./wake-docker";

/** A build that is well says something more often, as a rule; one that does not is only asked after. */
const SILENCE_MILLISECONDS = 120_000;

const INTERVAL_MILLISECONDS = 5_000;

/** A watch over the Docker Engines of nodes. */
export interface DockerWatch {
  readonly take: (event: EngineEvent) => void;
  readonly stop: () => void;
  /** The nodes whose Docker Engines it has restarted, once those that it has asked have answered. */
  readonly restarted: () => Promise<readonly string[]>;
}

/** Where and how long an Engine is waited for; only tests give their own. */
export interface DockerWatchOptions {
  /** Asks a node's Engine, and restarts it where need be: what was done, empty where all is well. */
  readonly wake: (node: string) => Promise<string>;
  readonly silenceMilliseconds?: number;
  readonly intervalMilliseconds?: number;
}

/**
 * While `pulumi up` runs: a Docker Engine can stand still for ever, as some do after a build that was broken off. One that has
 * long said nothing of its work is asked, and restarted when it gives no answer; what it was doing then fails.
 */
export function watchDocker(lab: PreparedLab, programDirectory: string, board: RunningBoard): DockerWatch {
  if (enginesOf(lab).length === 0) {
    // At AWS nobody but SSH leads to a node.
    return { take: () => {}, stop: () => {}, restarted: async () => [] };
  }
  return startDockerWatch(board, { wake: (node) => wakeDocker(lab, programDirectory, node) });
}

/** The watch itself, whatever nodes are made of. */
export function startDockerWatch(board: Pick<RunningBoard, "onEvent">, options: DockerWatchOptions): DockerWatch {
  const { wake, silenceMilliseconds = SILENCE_MILLISECONDS, intervalMilliseconds = INTERVAL_MILLISECONDS } = options;
  const work = new DockerWork();
  const restarted = new Set<string>();
  const asked = new Map<string, Promise<void>>();
  const ask = async (node: string, urn: string): Promise<void> => {
    const seconds = Math.round(silenceMilliseconds / 1000);
    board.onEvent(engineWord(urn, "info#err", `nothing heard for ${seconds} s: the node's Docker Engine is asked`));
    try {
      const done = await wake(node);
      if (done !== "") {
        restarted.add(node);
        board.onEvent(engineWord(urn, "warning", done));
      }
    } catch (error) {
      board.onEvent(engineWord(urn, "warning", `its Docker Engine cannot be asked (${(error as Error).message})`));
    }
    work.hear(node, Date.now());
    asked.delete(node);
  };
  const look = () => {
    for (const [node, urn] of work.silentSince(Date.now() - silenceMilliseconds)) {
      if (!asked.has(node)) {
        asked.set(node, ask(node, urn));
      }
    }
  };
  const timer = setInterval(look, intervalMilliseconds);
  return {
    take: (event) => work.take(event, Date.now()),
    stop: () => clearInterval(timer),
    restarted: async () => {
      await Promise.all(asked.values());
      return [...restarted];
    },
  };
}
