import type * as pulumi from "@pulumi/pulumi";
import { sessionOptions } from "../../../adapters/ssh/server";
import type { Placement } from "../../../config/hosts";
import { serverOf } from "../../../config/hosts";
import type { LabConfig } from "../../../config/schema";
import type { MachineKind } from "../../../core/machine";
import { artefactVolumeName } from "../../../core/resource-names";
import type { AmongHosts } from "../local/target";
import { LocalTarget, type LocalTargetArgs } from "../local/target";
import type { ClassArgs, MachineFactory, Target } from "../machine";

/** What a machine's inputs say of its Engine. While that does not answer, nobody knows whether they are still right. */
const HOST_DEPENDENT_INPUTS = ["cgroupnsMode", "volumes", "image"];

/** What the host at an address has of its own. A silent one does not answer now, and may have machines all the same. */
export function amongHosts(
  host: string,
  {
    stack,
    publish,
    state,
  }: { readonly stack: string; readonly publish: LabConfig["docker"]["publish"]; readonly state: "answers" | "silent" },
): AmongHosts {
  const server = serverOf(host);
  const isPublic = server !== undefined && publish === "everywhere";
  return {
    provider: {
      // A host that does not answer must not end the run of those that do.
      disableDockerDaemonCheck: true,
      ...(server === undefined ? {} : { sshOpts: sessionOptions() }),
    },
    publishAt: isPublic ? "0.0.0.0" : "127.0.0.1",
    endpoint: { ...(server === undefined ? {} : { through: host }), ...(isPublic ? { public: server.name } : {}) },
    artefactVolume: server === undefined ? undefined : artefactVolumeName(stack),
    ignoredInputs: state === "silent" ? HOST_DEPENDENT_INPUTS : [],
  };
}

/** Machines on several Docker Engines: each place on the one that it was given. */
export class HostsTarget implements Target {
  /** Platform and artefact folder of all machines, the same on every host. */
  readonly machines: MachineKind;
  readonly #targets: ReadonlyMap<string, LocalTarget>;

  /** `hosts` are all that have places, one at least. */
  constructor(
    hosts: readonly LocalTargetArgs[],
    private readonly placement: Placement,
  ) {
    const targets = hosts.map((args) => [args.engine.host, new LocalTarget(args)] as const);
    const [first] = targets;
    if (first === undefined) {
      throw new Error("a class needs a Docker host");
    }
    this.machines = first[1].machines;
    this.#targets = new Map(targets);
  }

  /** Creates the shared resources of each host; the host's name is part of their names. */
  prepare(name: string, args: ClassArgs, opts: pulumi.CustomResourceOptions): MachineFactory {
    const factories = new Map(
      [...this.#targets].map(
        ([host, target]) => [host, target.prepare(`${name}-${nameOf(host)}`, args, opts)] as const,
      ),
    );
    return {
      hostKeyBy: "target",
      create: (machineName, machineArgs, machineOpts) => {
        const factory = factories.get(this.placement[machineArgs.place] ?? "");
        if (factory === undefined) {
          throw new Error(`${machineArgs.place} has no Docker host`);
        }
        return factory.create(machineName, machineArgs, machineOpts);
      },
    };
  }
}

/** A host in the names of its resources: whatever else comes into the list, or goes, they stay. */
function nameOf(host: string): string {
  return host.replace(/^\w+:\/+/, "").replace(/[^\w.@-]+/g, "-");
}
