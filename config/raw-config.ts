/** Settings as they come from Pulumi or a stack's file, without the project's namespace: `{ seats: "2", local: "{...}" }`. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** A setting that is valid by itself, but not in combination with others. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}
