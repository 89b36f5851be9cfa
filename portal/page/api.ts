import type { ProblemAnswer } from "../protocol";

/** The server said no, in words for the student. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(problem);
  }
}

/** Asks the server. Throws a Refusal, also when there is no server. */
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
    throw new Refusal(0, "The portal cannot be reached. Is your network there?");
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { problem } = answer as Partial<ProblemAnswer>;
    throw new Refusal(response.status, problem ?? `The portal answered with an error (${response.status}).`);
  }
  return answer as Answer;
}

/** What to say of something that went wrong. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
