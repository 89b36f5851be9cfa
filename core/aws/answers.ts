/** Why AWS did not answer. */
export interface Refusal {
  /**
   * `credentials`: AWS does not accept them. `permission`: they do not allow it. `unreachable`: AWS was not reached.
   * `missing`: what was asked for does not exist.
   */
  readonly kind: "credentials" | "permission" | "unreachable" | "missing" | "other";
  /** AWS's message. */
  readonly text: string;
}

/** The result of a query. */
export type Answer<Value> = { readonly value: Value } | { readonly refusal: Refusal };

/** Waits for an answer. Never rejects. */
export async function ask<Value>(query: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await query };
  } catch (error) {
    return { refusal: readRefusal(messageOf(error)) };
  }
}

/** AWS's own clients put the reason in an error's name, or for a connection in its code, and may have no message at all. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { name, message } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const label = name === "Error" || name === "AggregateError" ? code : name;
  return label === "" || message.includes(label) ? message : `${label}: ${message}`;
}

/** Whether AWS answered. */
export function isAnswered<Value>(answer: Answer<Value>): answer is { readonly value: Value } {
  return "value" in answer;
}

/** AWS's message where it did not answer. */
export function refusalText(answer: Answer<unknown>): string {
  return isAnswered(answer) ? "" : answer.refusal.text;
}

/** Whether AWS did not answer for a reason of this kind. */
export function isRefused(answer: Answer<unknown>, kind: Refusal["kind"]): boolean {
  return !isAnswered(answer) && answer.refusal.kind === kind;
}

const KINDS: readonly (readonly [Refusal["kind"], RegExp])[] = [
  [
    "credentials",
    /credential|InvalidClientTokenId|AuthFailure|ExpiredToken|SignatureDoesNotMatch|UnrecognizedClient|security token|sso login/i,
  ],
  ["permission", /UnauthorizedOperation|AccessDenied|not authorized/i],
  [
    "unreachable",
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|TimeoutError|no such host/,
  ],
  // Error codes of EC2 and SSM, the provider's messages, and ours for an empty list.
  [
    "missing",
    /InvalidInstanceType|Invalid\w+\.(NotFound|Malformed|Unavailable)|ParameterNotFound|no matching|returned no results|couldn't find resource|answer is empty/,
  ],
];

/** Makes one line of what the provider wraps around AWS's answer. */
export function readRefusal(message: string): Refusal {
  const text = message
    // A name or two of the function called, by the SDK, the engine and the provider each.
    .replace(
      /(?:^|\s)(?:Invoke of|invocation of|invoking|error invoking) '?aws:[\w/:]+'?(?: (?:failed|returned an error))?:?/gi,
      " ",
    )
    .replace(/Deserialization error: to see the raw response.*/s, " ")
    .replace(/\d+ errors? occurred:/g, " ")
    .replace(/\s\*\s/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const [kind = "other"] = KINDS.find(([, pattern]) => pattern.test(text)) ?? [];
  return { kind, text: text || "no reason given" };
}
