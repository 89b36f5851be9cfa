import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { readBounded } from "../../core/bounded-read";

/** A script's answer is some lines; what a student has put in the place of its programs may print without end. */
const LONGEST_ANSWER = 256 * 1024;

/**
 * Runs a script in a container, on its Docker Engine's word: SSH may be what is broken. Rejects when it takes too long, or
 * prints more than 256 KB, and reads no further.
 */
export async function runScriptIn(container: Docker.Container, script: string, patience: AbortSignal): Promise<string> {
  return Promise.race([runIn(container, ["bash", "-c", script], patience), rejectionAt(patience)]);
}

async function runIn(container: Docker.Container, command: readonly string[], patience: AbortSignal): Promise<string> {
  // With a terminal the output is the text itself, without the frames that tell stdout from stderr.
  const run = await container.exec({ Cmd: [...command], AttachStdout: true, Tty: true });
  const stream = await run.start({ Tty: true });
  const stop = () => stream.destroy();
  patience.addEventListener("abort", stop, { once: true });
  try {
    const answer = await readBounded(stream as unknown as Readable, LONGEST_ANSWER);
    return answer.toString("utf8").replaceAll("\r", "").trim();
  } finally {
    patience.removeEventListener("abort", stop);
  }
}

function rejectionAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
