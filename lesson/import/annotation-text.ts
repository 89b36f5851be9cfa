import { stringify } from "yaml";
import type { SourceTask } from "./source";

/** Renders an annotation as a comment. */
export function renderAnnotation(name: string, value: unknown): string {
  // "-->" would end it; in YAML's quoted texts a character can be written by its number.
  const text = stringify(
    { [name]: value },
    { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 },
  );
  return `<!--\n${text.replaceAll("-->", "--\\x3e")}-->\n\n`;
}

/** HobbyFarm compares the whole output, without the line ends at its end. */
export function renderCheck({ name, command, output, isPattern, exitCode }: SourceTask): string {
  const matches = isPattern ? output : undefined;
  const contains = isPattern || output === undefined || output === "" ? undefined : output.trimEnd();
  return renderAnnotation("check", {
    see: name,
    command,
    ...(contains === undefined ? {} : { contains }),
    ...(matches === undefined ? {} : { matches }),
    ...(exitCode === undefined || exitCode === 0 ? {} : { exit: exitCode }),
  });
}
