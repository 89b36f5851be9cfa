/** Control characters except newlines and tabs. They are not allowed in text that reaches terminals. */
export const CONTROL_CHARACTERS = /(?![\n\t])\p{Cc}/gu;

/** Whether a text contains one. */
export function hasControlCharacters(text: string): boolean {
  return text.search(CONTROL_CHARACTERS) >= 0;
}
