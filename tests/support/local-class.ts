import { Classroom, type ClassroomArgs } from "../../components/classroom";
import { trivyInstallation } from "../../components/installations";
import { amongHosts, HostsTarget } from "../../components/machines/docker-hosts/target";
import { LocalTarget, type LocalTargetArgs } from "../../components/machines/local/target";
import type { Placement } from "../../config/hosts";
import { SOME_ENGINE } from "../unit/adapters/docker/engine-double";

/** Docker hosts of a class: this machine's, and a server. */
export const HERE = "unix:///run/some.sock";
export const SERVER = "ssh://lab@server1:2222";

const TARGET: LocalTargetArgs = {
  engine: SOME_ENGINE,
  baseImage: "debian:test",
  sshPort: 2201,
  artefactDirectory: undefined,
  expiry: undefined,
  bake: undefined,
};

/** The local target, on an Engine that is not asked for anything. */
export function localTarget(args: Partial<LocalTargetArgs> = {}): LocalTarget {
  return new LocalTarget({ ...TARGET, ...args });
}

interface HostsVariant {
  readonly publish?: "loopback" | "everywhere";
  readonly server?: "answers" | "silent";
}

/** A target on the server and on this machine, with a folder of artefacts. */
export function hostsTarget(
  placement: Placement,
  { publish = "loopback", server = "answers" }: HostsVariant = {},
): HostsTarget {
  const argsOf = (host: string, state: "answers" | "silent"): LocalTargetArgs => ({
    ...TARGET,
    engine: { ...SOME_ENGINE, cgroupVersion: 2, host },
    artefactDirectory: "/srv/artefacts",
    among: amongHosts(host, { stack: "test", publish, state }),
  });
  return new HostsTarget([argsOf(SERVER, server), argsOf(HERE, "answers")], placement);
}

/** A class of two, unless `args` say otherwise. */
export function createClass(target: ClassroomArgs["target"], args: Partial<ClassroomArgs> = {}): Classroom {
  return new Classroom("lab", {
    target,
    seats: 2,
    spares: 0,
    moved: {},
    docker: { package: "distribution" },
    trivy: trivyInstallation({ database: "registry" }, target.machines),
    imageBase: "lesson",
    passwords: "generated",
    expiry: undefined,
    extension: undefined,
    ...args,
  });
}
