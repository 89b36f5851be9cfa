/** All but ends of lines and tabs. They have no business in texts that reach terminals. */
export const CONTROL_CHARACTERS = /(?![\n\t])\p{Cc}/gu;

/** Whether there is one. */
export function hasControlCharacters(text: string): boolean {
  return text.search(CONTROL_CHARACTERS) >= 0;
}
