/** Where a region can be said, beside our own setting. */
export interface RegionSources {
  /** The stack's `aws:region`, a setting of the provider's. */
  readonly ofStack: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** As the official provider finds it, but for our own setting, which comes first. Undefined: nobody says. */
export function regionOf(setting: string | undefined, { ofStack, environment }: RegionSources): string | undefined {
  const found = [setting, ofStack, environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]];
  return found.find((region) => region !== undefined && region !== "");
}
