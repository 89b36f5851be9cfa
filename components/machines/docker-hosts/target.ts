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

/** Inputs of a machine that depend on its Engine, and are unknown while it does not answer. */
const HOST_DEPENDENT_INPUTS = ["cgroupnsMode", "volumes", "image"];

/** Settings of one host among several. A silent host does not answer now, but may have machines. */
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
      // A host that does not answer must not end the whole run.
      disableDockerDaemonCheck: true,
      ...(server === undefined ? {} : { sshOpts: sessionOptions() }),
    },
    publishAt: isPublic ? "0.0.0.0" : "127.0.0.1",
    endpoint: { ...(server === undefined ? {} : { through: host }), ...(isPublic ? { public: server.name } : {}) },
    artefactVolume: server === undefined ? undefined : artefactVolumeName(stack),
    ignoredInputs: state === "silent" ? HOST_DEPENDENT_INPUTS : [],
  };
}

/** Machines on several Docker Engines, each slot on its assigned one. */
export class HostsTarget implements Target {
  /** Platform and artefact folder of all machines, the same on every host. */
  readonly machines: MachineKind;
  readonly #targets: ReadonlyMap<string, LocalTarget>;

  /** `hosts`: the hosts with slots, at least one. */
  constructor(
    hosts: readonly LocalTargetArgs[],
    private readonly placement: Placement,
  ) {
    const targets = hosts.map((args) => [args.engine.host, new LocalTarget(args)] as const);
    const [first] = targets;
    if (first === undefined) {
      throw new Error("A class needs at least one Docker host.");
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
        const factory = factories.get(this.placement[machineArgs.slot] ?? "");
        if (factory === undefined) {
          throw new Error(`${machineArgs.slot} has no Docker host.`);
        }
        return factory.create(machineName, machineArgs, machineOpts);
      },
    };
  }
}

/** A host's part in resource names, which does not depend on the other hosts. */
function nameOf(host: string): string {
  return host.replace(/^\w+:\/+/, "").replace(/[^\w.@-]+/g, "-");
}
