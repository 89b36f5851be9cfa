import type { Block } from "../folder/blocks";
import type { Report } from "../folder/problem";

/** Programs that read lines and end with `exit`. */
const SHELL =
  /\bdocker\b.*\b(?:run|exec|start|attach)\b.*\s-(?:[a-zA-Z]*(?:it|ti|ai|ia)[a-zA-Z]*)(?:\s|$)|^\s*sudo\s+(?:-i|-s|su\b)|^\s*su\b/;
/** Interactive full-screen programs. */
const SCREEN = /^\s*(?:sudo\s+)?(?:vi|vim|nano|emacs|less|more|top|htop|watch|ssh|mysql|psql)\b/;

/** Whether a command opens or ends a program that reads lines. */
export type SessionMark = "begins" | "ends";

/** Finds sessions of programs that read lines, and reports interactive programs. Commands must be in order. */
export function findSessions(
  commands: readonly Extract<Block, { kind: "code" }>[],
  report: Report,
): ReadonlyMap<Block, SessionMark> {
  const marks = new Map<Block, SessionMark>();
  let open: Block | undefined;
  for (const [index, block] of commands.entries()) {
    if (open !== undefined) {
      if (block.content.trim() === "exit") {
        marks.set(open, "begins").set(block, "ends");
        open = undefined;
      }
    } else if (SHELL.test(block.content) && !block.content.trim().includes("\n")) {
      const isLeft = commands.slice(index + 1).some((later) => later.content.trim() === "exit");
      if (isLeft) {
        open = block;
      } else if (/\b(?:ba|a|z|da)?sh\b|sudo|su\b/.test(block.content)) {
        report(
          block.line,
          "this opens a shell that is never closed: add a command `exit`, and <!-- session: --> comments",
        );
      }
    } else if (SCREEN.test(block.content)) {
      report(block.line, "this program is interactive: lab verify stops it after 5 minutes");
    }
  }
  return marks;
}
