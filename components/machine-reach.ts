import type { Access } from "./access";
import type { Machine } from "./machines/machine";
import type { NodeReach } from "./node-command";

/** Connection settings of a machine, by its name in the program, without the arguments of `ssh`. */
export function machineReach(
  { ssh, through }: Machine,
  name: string,
  access: Access,
): Pick<NodeReach, "through" | "connection"> {
  return {
    through,
    connection: {
      host: ssh.host,
      port: ssh.port,
      user: ssh.user,
      privateKey: access.clientKey.privateKeyOpenssh,
      hostKey: access.hostKey(name).publicKeyOpenssh,
      dialErrorLimit: 60,
      perDialTimeout: 5,
    },
  };
}
