import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { hostKeyAlias, sshDirectory } from "../adapters/ssh/options";
import { shellQuote } from "../core/quoting";
import { inputPath } from "./project-files";

const SCRIPT = "components/files/ssh-files.sh";

/** Nodes that need keys. */
export interface AccessArgs {
  /** Pulumi names of the nodes, e.g. `["node1"]`. */
  readonly nodes: readonly string[];
  /** Name of the portal's machine, which has no student key; empty if the class has no such machine. */
  readonly portal: readonly string[];
}

/** The operator's SSH client key, each node's host key and student key, and the operator's files while the lab is up. */
export class Access extends pulumi.ComponentResource {
  /** The operator's key pair. */
  readonly clientKey: tls.PrivateKey;
  /** Completes when the key file and known_hosts are written. */
  readonly files: command.local.Command;
  readonly #hostKeys: ReadonlyMap<string, tls.PrivateKey>;
  readonly #studentKeys: ReadonlyMap<string, tls.PrivateKey>;

  constructor(name: string, args: AccessArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:Access", name, {}, opts);
    const parent = { parent: this };
    this.clientKey = new tls.PrivateKey(`${name}-client-key`, { algorithm: "ED25519" }, parent);
    const keyOfEach = (suffix: string, nodes: readonly string[]) =>
      new Map(nodes.map((node) => [node, new tls.PrivateKey(`${node}-${suffix}`, { algorithm: "ED25519" }, parent)]));
    const machines = [...args.nodes, ...args.portal];
    this.#hostKeys = keyOfEach("host-key", machines);
    this.#studentKeys = keyOfEach("student-key", args.nodes);
    this.files = this.#writeFiles(`${name}-files`, machines);
    this.registerOutputs({});
  }

  /** The host key of a node. Throws for a node that is not in the arguments. */
  hostKey(node: string): tls.PrivateKey {
    return keyOf(node, this.#hostKeys);
  }

  /** The student's key for one node; it opens no other. Throws for a node that is not in the arguments. */
  studentKey(node: string): tls.PrivateKey {
    return keyOf(node, this.#studentKeys);
  }

  #writeFiles(name: string, nodes: readonly string[]): command.local.Command {
    const stack = pulumi.getStack();
    const script = `bash ${shellQuote(inputPath(SCRIPT))}`;
    const knownHosts = nodes.map(
      (node) =>
        pulumi.interpolate`${hostKeyAlias(stack, node)} ${this.hostKey(node).publicKeyOpenssh.apply((key) => key.trim())}`,
    );
    return new command.local.Command(
      name,
      {
        create: `${script} write`,
        delete: `${script} remove`,
        environment: {
          LAB_SSH_DIRECTORY: sshDirectory(stack),
          LAB_KNOWN_HOSTS: pulumi.all(knownHosts).apply((lines) => lines.join("\n")),
        },
        stdin: this.clientKey.privateKeyOpenssh,
      },
      { parent: this },
    );
  }
}

function keyOf(node: string, keys: ReadonlyMap<string, tls.PrivateKey>): tls.PrivateKey {
  const key = keys.get(node);
  if (key === undefined) {
    throw new Error(`no key for ${node}; the keys are for: ${[...keys.keys()].join(", ")}`);
  }
  return key;
}
