/** What the terminals of a class show while everybody builds an image, one line after the other. Small letters alone: marks are capitals. */
export function buildLine(number: number): string {
  const step = 2 + (number % 5);
  const size = 12 + ((number * 37) % 900);
  return `#${step} ${(number / 50).toFixed(1)} get:${number} http://mirror.test/debian bookworm/main amd64 libpackage${number % 97} amd64 1.${number % 13}-2 [${size} kb]`;
}

/** A line every 20 ms, as apt and pip print them when an image is built. */
export const LINE_MILLISECONDS = 20;

/** The same on a node, as a command without further processes: those would be the load, not the terminals. */
export const BUILD_COMMAND = [
  "perl -e '$|=1;for($n=1;;$n++){printf",
  '"#%d %.1f get:%d http://mirror.test/debian bookworm/main amd64 libpackage%d amd64 1.%d-2 [%d kb]\\n",',
  "2+$n%5,$n/50,$n,$n%97,$n%13,12+$n*37%900;select(undef,undef,undef,0.02)}'",
].join(" ");

/** More than any browser can show. */
export const FLOOD_COMMAND = "yes a line without an end that is printed as fast as the machine can";
