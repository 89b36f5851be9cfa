import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { hostKeyAlias, sshDirectory } from "./ssh-options";

const SCRIPT = "bash components/files/ssh-files.sh";

/** What it takes to log in to the nodes of a class, and to know them again. */
export interface AccessArgs {
  /** Pulumi names of the nodes, e.g. `["node1"]`. */
  readonly nodes: readonly string[];
}

/** The operator's SSH client key, a host key for every node, and the files that hold them while the lab is up. */
export class Access extends pulumi.ComponentResource {
  /** The operator's key pair. */
  readonly clientKey: tls.PrivateKey;
  /** Completes when the key file and known_hosts are written. */
  readonly files: command.local.Command;
  readonly #hostKeys: ReadonlyMap<string, tls.PrivateKey>;

  constructor(name: string, args: AccessArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:Access", name, {}, opts);
    const parent = { parent: this };
    this.clientKey = new tls.PrivateKey(`${name}-client-key`, { algorithm: "ED25519" }, parent);
    this.#hostKeys = new Map(
      args.nodes.map((node) => [node, new tls.PrivateKey(`${node}-host-key`, { algorithm: "ED25519" }, parent)]),
    );
    this.files = this.#writeFiles(`${name}-files`, args.nodes);
    this.registerOutputs({});
  }

  /** The host key of a node. Throws for a node that was not among the arguments. */
  hostKey(node: string): tls.PrivateKey {
    const key = this.#hostKeys.get(node);
    if (key === undefined) {
      throw new Error(`there is no host key for ${node}; there are: ${[...this.#hostKeys.keys()].join(", ")}`);
    }
    return key;
  }

  #writeFiles(name: string, nodes: readonly string[]): command.local.Command {
    const stack = pulumi.getStack();
    const knownHosts = nodes.map(
      (node) => pulumi.interpolate`${hostKeyAlias(stack, node)} ${this.hostKey(node).publicKeyOpenssh.apply(trim)}`,
    );
    return new command.local.Command(
      name,
      {
        create: `${SCRIPT} write`,
        delete: `${SCRIPT} remove`,
        environment: {
          LAB_SSH_DIRECTORY: sshDirectory(stack),
          LAB_KNOWN_HOSTS: pulumi.all(knownHosts).apply(joinLines),
        },
        stdin: this.clientKey.privateKeyOpenssh,
      },
      { parent: this },
    );
  }
}

function trim(text: string): string {
  return text.trim();
}

function joinLines(lines: readonly string[]): string {
  return lines.join("\n");
}
