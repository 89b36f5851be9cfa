/** What a signed export proves and what it does not, for people who grade with it. Shown on the wall and by `lab`. */
export const SIGNATURE_MEANING =
  "The signature proves that this portal recorded these results and that they have not been changed since. It does not prove who did the work: students control their machines, and can make a check pass without doing the step.";
