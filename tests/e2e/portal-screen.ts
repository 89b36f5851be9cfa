import { escapePattern } from "../../lesson/names";

/** What a prompt looks like that waits for a command: on the node, and in a container. */
const PROMPT = /^(student@node1:~\$|root@[0-9a-f]{12}:\/#)\s*$/;
/** What tmux draws round a session that is smaller than the window. */
const WINDOW_BORDERS = /[·│─┘]/g;

/** Whether the shell waits for a command. */
export function endsInPrompt(text: string): boolean {
  return PROMPT.test(text.split("\n").at(-1) ?? "");
}

/**
 * Whether a command was typed since. A screen that is only drawn anew, in another size say, shows what it showed; one of
 * which lines have come or gone at the top ends in the same ones.
 */
export function hasBegun(command: string, before: string, text: string): boolean {
  const [old, now] = [withoutPrompts(before), withoutPrompts(text)];
  if (timesTyped(command, now) > timesTyped(command, old)) {
    return true;
  }
  return old === "" ? now !== "" : !now.endsWith(old) && !old.endsWith(now);
}

/** All that a screen shows but prompts that wait: in one piece, since a line breaks where the window ends. */
function withoutPrompts(screen: string): string {
  const lines = screen.split("\n").filter((line) => !PROMPT.test(line.replaceAll(WINDOW_BORDERS, "")));
  return lines.join("").replaceAll(WINDOW_BORDERS, "").replaceAll(/\s/g, "");
}

function timesTyped(command: string, screen: string): number {
  const typed = escapePattern(command.replaceAll(/\s/g, "")).replaceAll(/<[^<>]+>/g, ".+?");
  return [...screen.matchAll(new RegExp(`[$#]${typed}`, "g"))].length;
}
