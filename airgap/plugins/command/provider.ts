import type { Provider } from "../framework/provider";
import { localCommand } from "./local";
import { remoteCommand } from "./remote";

/** The part of the official command provider that a lab needs. */
export const command: Provider<undefined> = {
  name: "command",
  version: "1.2.1",
  configuration: [],
  configure: async () => undefined,
  resources: { "command:local:Command": localCommand, "command:remote:Command": remoteCommand },
  functions: {},
};
