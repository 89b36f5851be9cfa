import type Docker from "dockerode";

/** Runs a script in a container, on its Docker Engine's word: SSH may be what is broken. Rejects when it takes too long. */
export async function runScriptIn(container: Docker.Container, script: string, patience: AbortSignal): Promise<string> {
  return Promise.race([runIn(container, ["bash", "-c", script]), rejectionAt(patience)]);
}

async function runIn(container: Docker.Container, command: readonly string[]): Promise<string> {
  // With a terminal the output is the text itself, without the frames that tell stdout from stderr.
  const run = await container.exec({ Cmd: [...command], AttachStdout: true, Tty: true });
  const stream = await run.start({ Tty: true });
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text.replaceAll("\r", "").trim();
}

function rejectionAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
