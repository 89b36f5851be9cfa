/** Settings given on the command line, by full name. They are kept in the stack's file, so that nothing is said twice. */
export type ConfigChanges = ReadonlyMap<string, string | number>;
