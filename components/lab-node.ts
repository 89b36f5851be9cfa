import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { sshOptions } from "../adapters/ssh/options";
import type { TrivyInstallation } from "../cloud-init/trivy";
import { type DockerInstallation, renderUserData } from "../cloud-init/user-data";
import type { Expiry } from "../config/expiry";
import type { SshEndpoint } from "../core/machine";
import { NODE_VARIABLES } from "../core/node-plugin";
import { parseReadiness, type Readiness } from "../core/readiness";
import type { Seat } from "../core/seats";
import type { Access } from "./access";
import { machineReach } from "./machine-reach";
import { hostKeyInUserData, machineUserData } from "./machine-user-data";
import type { Machine, MachineFactory } from "./machines/machine";
import { moveExpiry } from "./move-expiry";
import { type NodeCommand, type NodeCommandArgs, type NodeReach, nodeCommand } from "./node-command";
import { onMachine } from "./on-machine";
import { readProjectFile } from "./project-files";

/** Time limit for cloud-init on a node; even a slow mirror needs only a few minutes. */
const GATE_TIMEOUT_SECONDS = 900;

/**
 * The operator's SSH agent is not available on a node. Changing these arguments also makes the engine restart the plugin,
 * which changed envVarMappings alone do not (docs/adr/0030).
 */
const NO_AGENT = ["-o", "ForwardAgent=no", "-o", "IdentityAgent=none"];

const GATE = readProjectFile("cloud-init/files/gate.sh");

/** Inputs of a node. */
export interface LabNodeArgs {
  /** The seat that the node belongs to. */
  readonly seat: Seat;
  /** Creates the node's machine. */
  readonly machines: MachineFactory;
  /** Keys of the class; the node's name must be among its nodes. */
  readonly access: Access;
  /** Where the node's Docker comes from. */
  readonly docker: DockerInstallation;
  /** Version, archive and database of the node's Trivy. */
  readonly trivy: TrivyInstallation;
  /** When the node ends by itself. Undefined: never. */
  readonly expiry: Expiry | undefined;
  /** The extended end, sent to the running node: ISO 8601, UTC. Undefined: none. */
  readonly extension: string | undefined;
}

/** One `node1`: a machine prepared by cloud-init, checked by the gate, with a Docker Engine that Pulumi can reach. */
export class LabNode extends pulumi.ComponentResource {
  /** Its name in the program, which the names of all that is on it begin with. */
  readonly name: string;
  /** The machine of the node, created by the target. */
  readonly machine: Machine;
  /** Resolves only when the node passed the readiness gate. */
  readonly ready: pulumi.Output<Readiness>;
  /** Arguments of `ssh` for the node: options, then its name. Known once the gate has passed. */
  readonly sshArguments: pulumi.Output<string[]>;
  readonly #reach: NodeReach;
  #dockerProvider: docker.Provider | undefined;
  /** Known once the gate has passed and the key file is written. */
  readonly #sshEndpoint: pulumi.Output<SshEndpoint>;

  constructor(name: string, args: LabNodeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("lab-nodes:index:LabNode", name, {}, opts);
    this.name = name;
    const userData = this.#userData(name, args);
    this.machine = args.machines.create(
      name,
      {
        index: args.seat.index,
        place: args.seat.place,
        hostname: "node1",
        userData,
        hostKey: args.access.hostKey(name).privateKeyOpenssh,
      },
      { parent: this },
    );
    this.#reach = this.#reachOf(name, args.access);
    if (args.extension !== undefined) {
      moveExpiry(`${name}-extension`, this.#reach, args.extension, onMachine(this.machine, { parent: this }));
    }
    const gate = this.#gate(`${name}-ready`);
    this.ready = gate.stdout.apply((text) => readinessOf(name, text));
    this.#sshEndpoint = pulumi.all([this.machine.ssh, gate.stdout, args.access.files.id]).apply(([ssh]) => ssh);
    this.sshArguments = this.#sshEndpoint.apply((ssh) => sshArguments(name, ssh));
    // Known before the gate has passed, because `lab logs` and `lab ssh` need them if it fails.
    this.registerOutputs({ seat: args.seat.name, ssh: this.machine.ssh });
  }

  #userData(node: string, args: LabNodeArgs): pulumi.Output<string> {
    const parts = pulumi
      .all([
        args.access.clientKey.publicKeyOpenssh,
        args.access.studentKey(node).publicKeyOpenssh,
        hostKeyInUserData(args.machines, args.access.hostKey(node)),
      ])
      .apply(([clientKey, studentKey, hostKey]) =>
        renderUserData({
          hostname: "node1",
          authorizedKeys: [clientKey],
          studentKeys: [studentKey],
          hostKey,
          docker: args.docker,
          trivy: args.trivy,
          expiry: args.expiry,
        }),
      );
    return machineUserData(parts, args.machines, { parent: this });
  }

  #reachOf(node: string, access: Access): NodeReach {
    return {
      ...machineReach(this.machine, node, access),
      sshArguments: pulumi.all([this.machine.ssh, access.files.id]).apply(([known]) => sshArguments(node, known)),
    };
  }

  #gate(name: string): NodeCommand {
    const environment = { LAB_GATE_TIMEOUT_SECONDS: String(GATE_TIMEOUT_SECONDS) };
    return nodeCommand(
      name,
      this.#reach,
      { create: "bash -s", stdin: GATE, environment },
      onMachine(this.machine, { parent: this }),
    );
  }

  /** Creates a command that runs on the node once it has passed its gate, for example one that needs its Docker Engine. */
  runOnceReady(name: string, args: NodeCommandArgs, opts: pulumi.CustomResourceOptions): NodeCommand {
    const host = pulumi.all([this.machine.ssh.host, this.ready]).apply(([known]) => known);
    const reach = {
      ...this.#reach,
      connection: { ...this.#reach.connection, host },
      sshArguments: this.sshArguments,
    };
    return nodeCommand(name, reach, args, onMachine(this.machine, opts));
  }

  /**
   * Provider for the node's Docker Engine, usable once the gate has passed. It takes a plugin process, so it is created
   * when it is first read. The daemon check is disabled, because the engine also configures the provider while a node is
   * replaced or gone, and a failed check ends the whole run.
   */
  get dockerProvider(): docker.Provider {
    this.#dockerProvider ??= this.#createDockerProvider(`${this.name}-engine`);
    return this.#dockerProvider;
  }

  #createDockerProvider(name: string): docker.Provider {
    const host = this.#sshEndpoint.apply((ssh) => `ssh://${ssh.user}@${ssh.host}:${ssh.port}`);
    const sshOpts = [...sshOptions(pulumi.getStack(), this.name, this.machine.through), ...NO_AGENT];
    return new docker.Provider(
      name,
      { host, sshOpts, disableDockerDaemonCheck: true },
      { parent: this, envVarMappings: NODE_VARIABLES },
    );
  }
}

function sshArguments(node: string, { user, host, port, through }: SshEndpoint): string[] {
  return [...sshOptions(pulumi.getStack(), node, through), "-p", String(port), `${user}@${host}`];
}

function readinessOf(node: string, printed: string): Readiness {
  const readiness = parseReadiness(printed);
  if (readiness === undefined) {
    throw new Error(`${node}: the readiness gate did not print what it found. Run ./lab up --replace for its seat.`);
  }
  return readiness;
}
