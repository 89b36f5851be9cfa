const LONGEST = 100;

/** A step's heading without its number: "Step 2: Layers" and "2. Layers" are "Layers". */
export function stepTitle(heading: string): string {
  const title = heading.replace(/^step\s+\d+\s*[:.-]?\s*|^\d+(?:\.\d+)*[.)]?\s+/i, "").trim();
  return title === "" ? heading.trim() : title;
}

/** The problem with a title, or undefined. */
export function titleProblem(title: string): string | undefined {
  return title === "" || title.length > LONGEST
    ? `a title must have 1 to ${LONGEST} characters; this one has ${title.length}`
    : undefined;
}
