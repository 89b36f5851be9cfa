/** Why AWS did not answer. */
export interface Refusal {
  readonly kind: "credentials" | "other";
  /** In AWS's own words. */
  readonly text: string;
}

/** What a question to AWS came to. */
export type Answer<Value> = { readonly value: Value } | { readonly refusal: Refusal };

/** Waits for an answer. Never rejects. */
export async function ask<Value>(question: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await question };
  } catch (error) {
    return { refusal: readRefusal(error instanceof Error ? error.message : String(error)) };
  }
}

/** Whether AWS answered. */
export function isAnswered<Value>(answer: Answer<Value>): answer is { readonly value: Value } {
  return "value" in answer;
}

/** Why AWS did not answer, in its own words. */
export function refusalText(answer: Answer<unknown>): string {
  return isAnswered(answer) ? "" : answer.refusal.text;
}

const CREDENTIALS =
  /credential|InvalidClientTokenId|AuthFailure|ExpiredToken|SignatureDoesNotMatch|UnrecognizedClient|security token/i;

/** Makes one line of what the provider wraps around AWS's answer. */
export function readRefusal(message: string): Refusal {
  const text = message
    // A name or two of the function called, by the SDK, the engine and the provider each.
    .replace(
      /(?:^|\s)(?:Invoke of|invocation of|invoking|error invoking) '?aws:[\w/:]+'?(?: (?:failed|returned an error))?:?/gi,
      " ",
    )
    .replace(/\d+ errors? occurred:/g, " ")
    .replace(/\s\*\s/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return { kind: CREDENTIALS.test(text) ? "credentials" : "other", text: text || "it gave no reason" };
}
