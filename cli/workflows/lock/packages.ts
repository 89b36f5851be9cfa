import type { LabLock, OpenLock } from "../../../config/lock";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import type { Reporter } from "../../../core/command-context";
import { type Move, moved, type Resolved, type Unasked } from "./lock-file";

type Packages = OpenLock["packages"];

/** A distribution's package that a node got in another version than the lock file has. */
export interface MovedPackage {
  /** e.g. "debian 12". */
  readonly distribution: string;
  readonly name: string;
  /** The version in the lock file; nothing when it has none. */
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
] satisfies (keyof LabLock["docker"])[]);

/** One package of one seat, as its gate saw it. */
interface Sighting {
  readonly seat: string;
  readonly distribution: string;
  readonly name: string;
  readonly version: string;
}

/** The distributions' packages that are not what the lock file has. Those move with their mirror, and nothing stops them. */
export function movedPackages(seats: readonly KnownSeat[], locked: Packages): MovedPackage[] {
  return versionsSeen(seats).flatMap(({ distribution, name, versions }) => {
    const expected = locked[distribution]?.[name];
    return [...versions]
      .filter(([version]) => version !== expected)
      .map(([installed, on]) => ({ distribution, name, locked: expected ?? null, installed, seats: on }));
  });
}

/** Tells of packages that moved, in one line; nothing when none did. */
export function warnOfMovedPackages(reporter: Reporter, packages: readonly MovedPackage[]): void {
  const moves = packages.map(({ name, locked, installed }) => `${name} ${locked ?? "(not locked)"} -> ${installed}`);
  if (moves.length > 0) {
    const list = moves.join(", ");
    reporter.warn(`packages of the distribution are not those of lab.lock.json: ${list} (./lab lock takes them over)`);
  }
}

/** The packages of a running lab as the lock file's new ones. */
export function resolvePackages(packages: Packages, seats: readonly KnownSeat[]): Resolved<Packages> {
  const value: Record<string, Record<string, string>> = structuredClone(packages);
  const moves: Move[] = [];
  const unasked: Unasked[] = [];
  for (const { distribution, name, versions } of versionsSeen(seats)) {
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

interface Seen {
  readonly distribution: string;
  readonly name: string;
  /** Version -> the seats that have it. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

function versionsSeen(seats: readonly KnownSeat[]): Seen[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of seats.flatMap(sightings)) {
    const key = `${sighting.distribution} ${sighting.name}`;
    groups.set(key, [...(groups.get(key) ?? []), sighting]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const versions = new Map<string, string[]>();
    for (const { version, seat } of group) {
      versions.set(version, [...(versions.get(version) ?? []), seat]);
    }
    return first === undefined ? [] : [{ distribution: first.distribution, name: first.name, versions }];
  });
}

function sightings({ seat, ready }: KnownSeat): Sighting[] {
  if (ready === undefined) {
    return [];
  }
  const { distribution } = ready;
  return Object.entries(ready.packages)
    .filter(([name]) => !DOCKERS_OWN.has(name))
    .map(([name, version]) => ({ seat, distribution, name, version }));
}
