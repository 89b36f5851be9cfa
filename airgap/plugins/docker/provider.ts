import type { Provider } from "../framework/provider";
import { CONFIGURATION, configure } from "./connection/configure";
import type { Engine } from "./connection/engine";
import { container } from "./container/resource";
import { image } from "./image/resource";
import { network, volume } from "./networks-and-volumes";

/** What a local class needs of the official `docker` package, on the Docker Engine's own API. */
export const dockerProvider: Provider<Engine> = {
  name: "docker",
  version: "5.2.0",
  configuration: CONFIGURATION,
  configure,
  release: (engine) => engine.close(),
  resources: {
    "docker:index/container:Container": container,
    "docker:index/image:Image": image,
    "docker:index/network:Network": network,
    "docker:index/volume:Volume": volume,
  },
  functions: {},
};
