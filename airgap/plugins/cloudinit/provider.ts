import type { Provider } from "../framework/provider";
import { config, getConfig } from "./config";

/** The official cloudinit provider, whole: it has one resource and one function. */
export const cloudinit: Provider<undefined> = {
  name: "cloudinit",
  version: "1.4.12",
  configuration: [],
  configure: async () => undefined,
  resources: { "cloudinit:index/config:Config": config },
  functions: { "cloudinit:index/getConfig:getConfig": getConfig },
};
