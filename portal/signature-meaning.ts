/** What a signed export proves, and what it does not: in words for whoever grades by it. The wall and `lab` say the same. */
export const SIGNATURE_MEANING =
  "The signature proves that this portal recorded these results and that nobody has changed them since. It does not prove who did the work: students control their machines, and can make a check pass without doing the step.";
