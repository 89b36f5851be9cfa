import { spawn } from "node:child_process";
import { join } from "node:path";

const SCRIPT = join(__dirname, "stop-orphan.sh");

/**
 * Has a pulumi stopped in order when this process is killed, which can no longer do it itself. Gives the function to call
 * when pulumi has ended.
 */
export function stopWhenOrphaned(processId: number): () => void {
  const guard = spawn("sh", [SCRIPT, String(processId)], {
    // Out of reach of what is meant for `lab` and all its processes.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without a guard a killed lab leaves a pulumi behind, which the next one waits for.
  guard.on("error", () => undefined);
  guard.stdin.on("error", () => undefined);
  guard.unref();
  return () => guard.stdin.end("over\n");
}
