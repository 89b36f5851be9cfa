import type { EngineEvent } from "@pulumi/pulumi/automation";
import { seatsOf } from "../../../core/seats";
import { type Board, PHASES, type SeatRow } from "../../ui/board/model";
import type { RunningBoard } from "../../ui/board/start";
import { seatStatus } from "../../ui/board/status";
import { answeringDockerEngines } from "../prepare/hosts/docker-engines";
import type { PreparedLab } from "../prepare/prepared-lab";
import { findNodesEnd } from "./lost-machines";

const INTERVAL_MILLISECONDS = 2000;

/** A watch over the machines of an `up`. */
export interface MachineWatch {
  /** Takes every event; gives whether it only repeats what the board already shows of a machine that ended. */
  readonly isReported: (event: EngineEvent) => boolean;
  /** Aborted when nothing is under way any more but gates that dial machines which have ended. */
  readonly signal: AbortSignal;
  stop(): void;
}

const GATE = /::(?<node>[^:]+)-ready$/;

/**
 * While `pulumi up` runs: a gate whose machine has ended would dial it for minutes. It is shown as failed at once, with
 * what became of the machine, and when the rest of the class is done, nobody waits for it.
 */
export function watchMachines(lab: PreparedLab, board: RunningBoard): MachineWatch {
  const { settings } = lab;
  const enough = new AbortController();
  if (answeringDockerEngines(lab).length === 0) {
    return { isReported: () => false, signal: enough.signal, stop: () => {} };
  }
  const slots = seatsOf(settings).length;
  /** Urns of the gates at work right now, by node. */
  const gates = new Map<string, string>();
  const dead = new Set<string>();
  const checkGates = async (): Promise<void> => {
    for (const [node, urn] of gates) {
      const end = dead.has(node) ? undefined : await findNodesEnd(lab, node).catch(() => undefined);
      if (end !== undefined && gates.has(node)) {
        dead.add(node);
        board.onEvent(syntheticDiagnostic(urn, end));
      }
    }
    const waiting = [...gates.keys()];
    if (waiting.length > 0 && waiting.every((node) => dead.has(node)) && isSettled(board.now(), slots)) {
      enough.abort();
    }
  };
  const timer = setInterval(() => void checkGates(), INTERVAL_MILLISECONDS);
  return {
    isReported: (event) => {
      followGates(gates, event);
      return event.diagnosticEvent?.severity === "error" && dead.has(nodeOfGate(event.diagnosticEvent.urn) ?? "");
    },
    signal: enough.signal,
    stop: () => clearInterval(timer),
  };
}

/** An error of a resource, as the Pulumi engine would report it. */
function syntheticDiagnostic(urn: string, message: string): EngineEvent {
  return { sequence: 0, timestamp: 0, diagnosticEvent: { urn, message, color: "never", severity: "error" } };
}

/** The node that a gate is of, by the gate's urn; undefined for all other resources. */
function nodeOfGate(urn: string | undefined): string | undefined {
  return GATE.exec(urn ?? "")?.groups?.["node"];
}

/** Whether every seat is ready or failed. */
export function isSettled(board: Board, slots: number): boolean {
  const isBusy = (row: SeatRow) => PHASES.some((phase) => row.phases[phase].state === "running");
  const isOver = (row: SeatRow) =>
    !isBusy(row) && ["ready", "unchanged", "failed", "deleted"].includes(seatStatus(row));
  const isAllKnown = board.seats.length >= slots;
  return (
    isAllKnown && board.seats.every(isOver) && Object.values(board.shared).every(({ state }) => state !== "running")
  );
}

/** Adds a gate that begins its work, and removes one that ended. */
function followGates(gates: Map<string, string>, event: EngineEvent): void {
  const begun = event.resourcePreEvent?.metadata;
  const ended = (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
  const node = nodeOfGate((begun ?? ended)?.urn);
  if (node === undefined) {
    return;
  }
  if (begun?.op === "create" || begun?.op === "create-replacement") {
    gates.set(node, begun.urn);
  } else if (ended !== undefined) {
    gates.delete(node);
  }
}
