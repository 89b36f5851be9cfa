/** Variable by which `lab` tells its program not to judge the room: it has, or `--force` wants it so. By now pulumi is in it. */
const VARIABLE = "LAB_ROOM";
const JUDGED = "judged";

/** What the program's environment has to say for that. */
export const ROOM_IS_JUDGED: Readonly<Record<string, string>> = { [VARIABLE]: JUDGED };

/** Whether the program has to judge the room by itself, as under plain pulumi. */
export function roomDemand(environment: NodeJS.ProcessEnv): "required" | "unjudged" {
  return environment[VARIABLE] === JUDGED ? "unjudged" : "required";
}
