import { expect, test } from "vitest";
import type { ClassroomArgs } from "../../components/classroom";
import { awsClass, awsConfig } from "../support/aws-class";
import { createClass, HERE, hostsTarget, localTarget, SERVER } from "../support/local-class";
import { MODES, type Mode, type RecordedResource, recordResources, urnsOf } from "../support/mocks";
import OLD_URNS from "./old-urns.json";

/*
 * old-urns.json is what the program of commit 1765dd8 (29 November 2026) registered for these classes; the first of them
 * was compared with the state that its `up` left. A URN that is gone is a resource that a running class loses: a node
 * that is named otherwise is deleted with all that students have on it. Change the file for a resource that is meant to
 * go, or one that comes; a new name or parent needs an alias.
 */

/** Resources that came since, and are made by the next `up` of such a class. */
const NEW_URNS: Readonly<Record<string, readonly string[]>> = {
  "a local class that pulls from an existing registry": [
    "lab-nodes:index:Classroom$lab-nodes:index:ClassImages$docker:index/image:Image::lab-images-debian-trixie",
  ],
  "a local class with a registry and a mirror of its own": [
    "lab-nodes:index:Classroom$lab-nodes:index:ClassImages$docker:index/network:Network::lab-images-registry-network",
  ],
};

/** Resources that are gone: the next `up` of such a class deletes them. */
const GONE_URNS: readonly string[] = [
  // The lesson's base image is debian:trixie now, and what was pushed as debian:bookworm is no machine.
  "lab-nodes:index:Classroom$lab-nodes:index:ClassImages$docker:index/image:Image::lab-images-debian-bookworm",
];

const EXTENSION = "2096-12-01T20:00:00Z";
const EXPIRY = { seconds: 3600 };
const PORTAL = { service: { port: 8443, publishedAs: 8444 }, expiry: undefined, extension: EXTENSION };

function classOn(target: ClassroomArgs["target"], args?: Partial<ClassroomArgs>) {
  return (mode: Mode): Promise<RecordedResource[]> =>
    recordResources(mode, () => {
      createClass(target, args);
    });
}

const CLASSES: Readonly<Record<keyof typeof OLD_URNS, (mode: Mode) => Promise<RecordedResource[]>>> = {
  "a local class of one": classOn(localTarget(), { seats: 1 }),
  "a local class with spares, one of which is in use, that was extended": classOn(localTarget({ expiry: EXPIRY }), {
    seats: 3,
    spares: 2,
    moved: { seat02: "spare01" },
    imageBase: "debian",
    passwords: "none",
    expiry: EXPIRY,
    extension: EXTENSION,
  }),
  "a local class from a bake": classOn(localTarget({ bake: "lab-nodes-bake:0123456789ab" }), { seats: 1 }),
  "a local class whose portal is on a machine of its own": classOn(localTarget({ sshAddress: "172.17.0.1" }), {
    portal: PORTAL,
  }),
  "a local class with a registry and a mirror of its own": classOn(
    localTarget({ mirror: { address: "172.17.0.1", port: 5002, of: "https://registry-1.docker.io" } }),
    {
      delivery: {
        engineHost: HERE,
        registry: { kind: "own", ports: { push: 5001, pull: 5003 }, platform: "linux/amd64" },
        debian: "debian:test",
      },
    },
  ),
  "a local class that pulls from an existing registry": classOn(localTarget(), {
    imageBase: "debian",
    delivery: { engineHost: HERE, registry: { kind: "existing", name: "localhost:5000/class" }, debian: "debian:test" },
  }),
  "a class on two Docker hosts": classOn(hostsTarget({ seat01: SERVER, seat02: HERE }), { extension: EXTENSION }),
  "a class at AWS whose portal is on a machine of its own": async (mode) => {
    const config = awsConfig({ seats: 2, spares: 1, portal: "node", expires: "8h" });
    const { resources, refusal } = await awsClass(mode, config);
    expect(refusal).toBeUndefined();
    return resources;
  },
};

const CASES = MODES.flatMap((mode) => Object.entries(CLASSES).map(([name, made]) => ({ mode, name, made })));

test.each(CASES)("$name keeps the URNs that it was made with, in $mode mode", async ({ mode, name, made }) => {
  const old: readonly string[] = OLD_URNS[name as keyof typeof OLD_URNS];
  const kept = old.filter((urn) => !GONE_URNS.includes(urn));
  expect(urnsOf(await made(mode))).toEqual([...kept, ...(NEW_URNS[name] ?? [])].sort());
});
