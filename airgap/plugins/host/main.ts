import type { Server } from "node:net";
import { cloudinit } from "../cloudinit/provider";
import { command } from "../command/provider";
import { dockerProvider } from "../docker/provider";
import { tls } from "../tls/provider";
import { PluginHost, pluginOf } from "./host";

/** What `lab` hands over along with the socket that it opened for us. */
interface Start {
  readonly token: string;
}

/**
 * One process for all air-gapped plugins of a pulumi run (docs/adr/0010). `lab` starts it, and it ends when `lab` is
 * gone and no engine uses it any more, however either of them ended.
 */
process.once("message", ({ token }: Start, server: Server) => {
  const host = new PluginHost([pluginOf(cloudinit), pluginOf(command), pluginOf(dockerProvider), pluginOf(tls)], token);
  // A defect in one plugin ends them all: the engine hears of it on every connection, where else it would wait for answers.
  process.on("uncaughtException", (error) => void host.fail(error).finally(() => process.exit(1)));
  process.once("disconnect", () => host.whenIdle(() => process.exit(0)));
  host.listen(server);
});
