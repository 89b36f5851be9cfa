/** CPU architecture of a node, as Docker names it. Never the operator's. */
export type Platform = "linux/amd64" | "linux/arm64";

/** Where a machine answers SSH. */
export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  /** The user that Pulumi logs in as. */
  readonly user: string;
  /** Docker host that SSH has to go through: the address is at that server's loopback. Absent where it can be dialled from here. */
  readonly through?: string;
  /** The server's name, where students can dial the same port there. */
  readonly public?: string;
  /** Its address for other machines of the class. Absent where that is the same. */
  readonly inside?: string;
}

/** What is known of a target's machines before there is one. */
export interface MachineKind {
  readonly platform: Platform;
  /** Folder on a machine where the content of `artefacts.directory` is; undefined when the class has none. */
  readonly artefactDirectory: string | undefined;
}
