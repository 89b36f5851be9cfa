import { formatDuration } from "../../../core/text";
import { type Cell, countReached, type Row, type Stage, type Table } from "../table/model";
import { type Board, CLASS_ROW, PHASES, type Phase, type PhaseProgress, phaseRecord, type SeatRow } from "./model";
import { classFailed, firstFailureLine, isBeingDeleted, rowDuration, seatStatus } from "./status";

/** A phase's title for a narrow table, and what it is called when it ended well. */
const PHASE_TEXTS: Readonly<Record<Phase, readonly [shortTitle: string, verb: string]>> = {
  machine: ["machine", "created"],
  "cloud-init": ["cloud", "finished"],
  Docker: ["Docker", "ready"],
  "base images": ["base", "loaded"],
  figlet: ["figlet", "built"],
  "hello:v0.1": ["v0.1", "built"],
  "hello:v0.2": ["v0.2", "built"],
};

const STAGES: Readonly<Record<Phase, Stage>> = phaseRecord((title) => {
  const [shortTitle, verb] = PHASE_TEXTS[title];
  return { title, shortTitle, verb };
});

/** What is shown of a running or finished operation: seats by phases, and in one line what all seats share. */
export function boardTable(board: Board): Table {
  const rows = board.seats.map((row) => seatRow(board, row));
  const hasShared = Object.keys(board.shared).length > 0 || classFailed(board);
  const refreshing = board.refreshing.length === 0 ? "" : ` · checking ${board.refreshing.length} existing resources`;
  return {
    title: board.mode === "preview" ? "preview" : "",
    isPreview: board.mode === "preview",
    summary: `${countSeats(board, rows)}${refreshing}`,
    startedAt: board.startedAt,
    endedAt: board.endedAt,
    stages: PHASES.map((phase) => STAGES[phase]),
    shared: hasShared ? sharedRow(board) : undefined,
    rows,
  };
}

function countSeats({ mode, seats }: Board, rows: readonly Row[]): string {
  const total = rows.length;
  if (total === 0) {
    return "starting";
  }
  const failed = rows.filter(({ status }) => status === "failed").length;
  if (mode === "preview") {
    return `${total} ${total === 1 ? "seat" : "seats"}${failed > 0 ? `, ${failed} failed` : ""}`;
  }
  const [goal, reached] = seats.some(isBeingDeleted) ? ["deleted", ["deleted"]] : ["ready", ["ready", "unchanged"]];
  return countReached(
    rows.filter(({ status }) => reached.includes(status)).length,
    total,
    `${total === 1 ? "seat" : "seats"} ${goal}`,
    failed,
  );
}

function seatRow(board: Board, row: SeatRow): Row {
  const cause = firstFailureLine(board, row.name);
  const status = cause === "" ? seatStatus(row) : "failed";
  const isReady = status === "ready" && board.mode === "update";
  return {
    name: row.name,
    status,
    cells: PHASES.map((phase) => cellOf(board, STAGES[phase], row.phases[phase], cause)),
    message: isReady ? `ready in ${formatDuration(rowDuration(row))}` : cause,
  };
}

function sharedRow(board: Board): Row {
  const shared = Object.entries(board.shared);
  const cause = firstFailureLine(board, CLASS_ROW);
  const unlessFailed = shared.some(([, { state }]) => state === "running") ? "running" : "done";
  return {
    name: CLASS_ROW,
    status: classFailed(board) ? "failed" : unlessFailed,
    cells: shared.map(([title, progress]) => {
      return cellOf(board, { title, shortTitle: title, verb: "done" }, progress, cause);
    }),
    message: cause === "" ? describeShared(board) : cause,
  };
}

function cellOf({ mode }: Board, stage: Stage, progress: PhaseProgress, cause: string): Cell {
  const { state, change, detail } = progress;
  return {
    ...progress,
    stage: change === "replace" ? { ...stage, verb: "replaced" } : stage,
    detail: state === "failed" ? cause : detail,
    plan: mode === "preview" && (state === "done" || state === "deleted") ? change : undefined,
  };
}

/** "2 shared resources done", or what else became (in a preview: would become) of them. */
function describeShared({ mode, shared }: Board): string {
  const resources = Object.values(shared);
  const count = `${resources.length} shared ${resources.length === 1 ? "resource" : "resources"}`;
  const ends = new Set(
    resources.map(({ state, change }) => (mode === "preview" && change !== "none" ? `to ${change}` : state)),
  );
  return ends.size === 1 ? `${count} ${[...ends].join()}` : `${count}: ${[...ends].join(", ")}`;
}
