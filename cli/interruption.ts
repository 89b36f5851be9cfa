import type { CommandContext } from "../core/command-context";
import { writeAbove } from "./ui/live-view";

/** Prints, after the first Ctrl-C, what happens now. For commands that end in steps of their own, unlike a shell on a node. */
export function announceInterruption({ signal, runtime }: CommandContext): void {
  const text = "\nlab: stopping after the steps that are running; Ctrl-C again to drop them\n";
  signal.addEventListener("abort", () => writeAbove(runtime.stderr, text), { once: true });
}
