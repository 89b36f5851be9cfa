import type { Provider } from "../framework/provider";
import { privateKey } from "./private-key";

/** The part of the official tls provider that a lab needs. */
export const tls: Provider<undefined> = {
  name: "tls",
  version: "5.6.1",
  configuration: [],
  configure: async () => undefined,
  resources: { "tls:index/privateKey:PrivateKey": privateKey },
  functions: {},
};
