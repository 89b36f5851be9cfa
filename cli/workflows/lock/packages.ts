import type { LabLock, OpenLock } from "../../../config/lock";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { Reporter } from "../../../core/command-context";
import { type Move, moved, type Resolved, type Unasked } from "./lock-file";

type Packages = OpenLock["packages"];

/** A distribution's package whose version on a node is not that of the lock file. */
export interface MovedPackage {
  /** e.g. "debian 12". */
  readonly distribution: string;
  readonly name: string;
  /** The version in the lock file. Null: it has none. */
  readonly locked: string | null;
  readonly installed: string;
  readonly seats: readonly string[];
}

/** Packages of Docker's own repository, which the lock file pins by themselves. */
const DOCKERS_OWN: ReadonlySet<string> = new Set([
  "docker-ce",
  "docker-ce-cli",
  "containerd.io",
  "docker-buildx-plugin",
  "docker-compose-plugin",
] satisfies (keyof LabLock["docker"])[]);

/** The distributions' packages whose versions are not those of the lock file, since their mirror has moved on. */
export function movedPackages(seats: readonly KnownSeat[], locked: Packages): MovedPackage[] {
  return packagesSeen(seats).flatMap(({ distribution, name, versions }) => {
    const expected = locked[distribution]?.[name];
    return [...versions]
      .filter(([version]) => version !== expected)
      .map(([installed, on]) => ({ distribution, name, locked: expected ?? null, installed, seats: on }));
  });
}

/** Warns of packages that moved, if any, in one line. */
export function warnOfMovedPackages(reporter: Reporter, packages: readonly MovedPackage[]): void {
  const moves = packages.map(({ name, locked, installed }) => `${name} ${locked ?? "(not locked)"} -> ${installed}`);
  if (moves.length > 0) {
    const list = moves.join(", ");
    reporter.warn(`packages of the distribution are not those of lab.lock.json: ${list} (run ./lab lock to pin them)`);
  }
}

/** The packages of a running lab as the lock file's new ones. */
export function resolvePackages(packages: Packages, seats: readonly KnownSeat[]): Resolved<Packages> {
  const value: Record<string, Record<string, string>> = structuredClone(packages);
  const moves: Move[] = [];
  const unasked: Unasked[] = [];
  for (const { distribution, name, versions } of packagesSeen(seats)) {
    const what = `packages.${distribution}.${name}`;
    const [version = "", ...others] = versions.keys();
    if (others.length > 0) {
      const list = [...versions].map(([one, on]) => `${one} on ${on.join(", ")}`);
      unasked.push({ what, reason: `the seats differ: ${list.join("; ")}` });
    } else {
      moves.push(...moved(what, packages[distribution]?.[name], version));
      value[distribution] = { ...value[distribution], [name]: version };
    }
  }
  return { value, moves, unasked };
}

/** A package in the versions that the gates of a class saw. */
interface SeenPackage {
  readonly distribution: string;
  readonly name: string;
  /** Version -> the seats that have it. */
  readonly versions: Map<string, string[]>;
}

function packagesSeen(seats: readonly KnownSeat[]): SeenPackage[] {
  const seen = new Map<string, SeenPackage>();
  for (const { seat, ready } of seats) {
    const packages = Object.entries(ready?.packages ?? {}).filter(([name]) => !DOCKERS_OWN.has(name));
    for (const [name, version] of packages) {
      const distribution = ready?.distribution ?? "";
      const key = `${distribution} ${name}`;
      const { versions } = seen.get(key) ?? { versions: new Map<string, string[]>() };
      versions.set(version, [...(versions.get(version) ?? []), seat]);
      seen.set(key, { distribution, name, versions });
    }
  }
  return [...seen.values()];
}
