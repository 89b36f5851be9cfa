/** What a step is called: the lesson's have numbers, the quick ones names. */
export function stepName(id: string): string {
  return /^\d+$/.test(id) ? `step ${id}` : id;
}
