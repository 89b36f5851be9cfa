import { z } from "zod";

/** CPU architecture of a node, as Docker names it. Never the operator's. */
export type Platform = "linux/amd64" | "linux/arm64";

/** Where a machine answers SSH, as a stack's outputs have it. */
export const sshEndpointSchema = z.object({
  host: z.string(),
  port: z.number(),
  /** The user that Pulumi logs in as. */
  user: z.string(),
  /** Docker host that SSH has to go through: the address is at that server's loopback. Absent if it can be reached from here. */
  through: z.string().exactOptional(),
  /** The server's name, if students can reach the same port there. */
  public: z.string().exactOptional(),
  /** Its address for other machines of the class. Absent if it is the same. */
  inside: z.string().exactOptional(),
});

/** Where a machine answers SSH. */
export type SshEndpoint = Readonly<z.infer<typeof sshEndpointSchema>>;

/** Properties of a target's machines, known before one exists. */
export interface MachineKind {
  readonly platform: Platform;
  /** Folder on a machine with the content of `artefacts.directory`; undefined when it is not set. */
  readonly artefactDirectory: string | undefined;
}
