/** Settings given on the command line, by full name. They are saved in the stack's file, so later commands need no flags. */
export type ConfigChanges = ReadonlyMap<string, string | number>;
