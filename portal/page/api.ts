import { useState } from "preact/hooks";
import type { ProblemAnswer } from "../protocol";

/** The server refused a request, with a message for the user. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** Sends a request to the server. Throws a Refusal, also if the server cannot be reached. */
export async function ask<Answer>(path: string, request?: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(
      path,
      request === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) },
    );
  } catch {
    throw new Refusal(0, "The portal cannot be reached. Check your network connection.");
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { problem } = answer as Partial<ProblemAnswer>;
    throw new Refusal(response.status, problem ?? `The portal returned an error (HTTP ${response.status}).`);
  }
  return answer as Answer;
}

/** The message of an error, for the user. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Requests of a component: whether one is running, and the message of the last one's error. */
export function useRequest() {
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (work: () => Promise<void>) => {
    setRunning(true);
    try {
      await work();
      setProblem(undefined);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setRunning(false);
  };
  return { isRunning, problem, run };
}
