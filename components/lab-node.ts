import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import { sshOptions } from "../adapters/ssh/options";
import type { TrivyInstallation } from "../cloud-init/user-data";
import { type DockerInstallation, renderUserData } from "../cloud-init/user-data";
import type { Expiry } from "../config/expiry";
import type { LabConfig } from "../config/schema";
import type { SshEndpoint } from "../core/machine";
import { NODE_VARIABLES } from "../core/node-plugin";
import { derivePassword } from "../core/passwords";
import { parseReadiness, type Readiness } from "../core/readiness";
import type { Seat } from "../core/seats";
import type { Access } from "./access";
import { createGatedMachine, userDataKeys } from "./gated-machine";
import type { Machine, MachineFactory } from "./machines/machine";
import {
  type NodeCommand,
  type NodeCommandArgs,
  type NodeReach,
  nodeCommand,
  onMachine,
  sshArguments,
} from "./node-command";
import { readProjectFile } from "./project-files";

/**
 * The operator's SSH agent is not available on a node. Changing these arguments also makes the engine restart the plugin,
 * which changed envVarMappings alone do not (docs/adr/0030).
 */
const NO_AGENT = ["-o", "ForwardAgent=no", "-o", "IdentityAgent=none"];

const GATE = readProjectFile("cloud-init/files/gate.sh");
const PASSWORD_SCRIPT = readProjectFile("cloud-init/files/student-password.sh");

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
    const { seat, machines, access, extension, ...installation } = args;
    const { index, slot } = seat;
    const hostname = "node1";
    const userData = pulumi
      .all([userDataKeys(name, machines, access), access.studentKey(name).publicKeyOpenssh])
      .apply(([keys, student]) => renderUserData({ ...keys, hostname, studentKeys: [student], ...installation }));
    const { machine, reach, gate } = createGatedMachine(
      name,
      { machines, access, machine: { index, slot, hostname }, userData, gate: GATE, extension },
      this,
    );
    this.machine = machine;
    this.#reach = reach;
    this.ready = gate.stdout.apply((text) => readinessOf(name, text));
    this.#sshEndpoint = pulumi.all([machine.ssh, gate.stdout, access.files.id]).apply(([ssh]) => ssh);
    this.sshArguments = this.#sshEndpoint.apply((ssh) => sshArguments(name, ssh));
    // Known before the gate has passed, because `lab logs` and `lab ssh` need them if it fails.
    this.registerOutputs({ seat: seat.name, ssh: machine.ssh });
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
   * Sets (`generated`) or removes (`none`) the password of student, which is derived from the student's key. Passed by
   * standard input, because other processes can read user data, arguments and variables.
   */
  setStudentPassword(kind: LabConfig["access"]["password"], key: tls.PrivateKey): NodeCommand {
    // The script is the command, because standard input holds the password.
    const stdin = pulumi.secret(kind === "none" ? "" : key.privateKeyPemPkcs8.apply(derivePassword));
    return this.runOnceReady(`${this.name}-student-password`, { create: PASSWORD_SCRIPT, stdin }, { parent: this });
  }

  /**
   * Provider for the node's Docker Engine, usable once the gate has passed. It takes a plugin process, so it is created
   * when it is first read. The daemon check is disabled, because the engine also configures the provider while a node is
   * replaced or gone, and a failed check ends the whole run.
   */
  get dockerProvider(): docker.Provider {
    this.#dockerProvider ??= new docker.Provider(
      `${this.name}-engine`,
      {
        host: this.#sshEndpoint.apply((ssh) => `ssh://${ssh.user}@${ssh.host}:${ssh.port}`),
        sshOpts: [...sshOptions(pulumi.getStack(), this.name, this.machine.through), ...NO_AGENT],
        disableDockerDaemonCheck: true,
      },
      { parent: this, envVarMappings: NODE_VARIABLES },
    );
    return this.#dockerProvider;
  }
}

function readinessOf(node: string, printed: string): Readiness {
  const readiness = parseReadiness(printed);
  if (readiness === undefined) {
    throw new Error(`${node}: the readiness gate did not print what it found. Run ./lab up --replace for its seat.`);
  }
  return readiness;
}
