/** Settings as they come from Pulumi or a stack's file, without the project's namespace: `{ seats: "2", local: "{...}" }`. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** What is wrong with a setting that is well in itself. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}
