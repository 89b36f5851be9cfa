import { describe, expect, test } from "vitest";
import { ARTEFACT_DIRECTORY } from "../../components/machines/local/machine-kind";
import type { PortalSpec } from "../../components/portal-spec";
import { createClass, localTarget } from "../support/local-class";
import {
  findResource,
  inventory,
  MODES,
  type Mode,
  type RecordedResource,
  recordResources,
  userDataOf,
} from "../support/mocks";

const ADDRESS = "172.17.0.1";

/** A class of two whose portal is on a machine of its own, or is none of it. */
function classroom(mode: Mode, portal: PortalSpec | undefined): Promise<RecordedResource[]> {
  return recordResources(mode, () => {
    const sshAddress = portal === undefined ? undefined : ADDRESS;
    const target = localTarget({ sshAddress, artefactDirectory: "/artefacts" });
    createClass(target, { imageBase: "debian", portal, passwords: "none" });
  });
}

const PORTAL = { service: { port: 8443, publishedAs: 8444 }, expiry: undefined, extension: undefined };

describe.each(MODES)("a portal on a machine of the class, in %s mode", (mode) => {
  test("is exactly these resources more, however many seats there are", async () => {
    const without = inventory(await classroom(mode, undefined));
    const all = inventory(await classroom(mode, PORTAL));
    expect(all).toHaveLength(without.length + 5);
    expect(all.filter((line) => !without.includes(line))).toEqual([
      "command:remote:Command portal-ready",
      "docker:index/container:Container portal",
      "docker:index/volume:Volume portal-docker-data",
      "lab-nodes:index:PortalNode portal",
      "tls:index/privateKey:PrivateKey portal-host-key",
    ]);
  });

  test("publishes each internal port once: more often, the official plugin would recreate the machine at each refresh", async () => {
    const resources = await classroom(mode, PORTAL);
    expect(findResource(resources, "docker:index/container:Container portal").inputs["ports"]).toEqual([
      { internal: 22, external: 2421, ip: ADDRESS },
      { internal: 8443, external: 8444, ip: "0.0.0.0" },
    ]);
    expect(findResource(resources, "docker:index/container:Container seat02-node1").inputs["ports"]).toEqual([
      { internal: 22, external: 2202, ip: ADDRESS },
    ]);
  });
});

test("its machine has fewer rights than a node, and not the folder of artefacts", async () => {
  const resources = await classroom("update", PORTAL);
  const rightsOf = (name: string) => {
    const { inputs } = findResource(resources, `docker:index/container:Container ${name}`);
    const paths = (inputs["volumes"] as { containerPath: string }[]).map(({ containerPath }) => containerPath);
    return {
      adds: inputs["capabilities"],
      options: inputs["securityOpts"],
      hasArtefacts: paths.includes(ARTEFACT_DIRECTORY),
    };
  };
  expect(rightsOf("portal")).toEqual({
    adds: { adds: ["CAP_SYS_ADMIN"] },
    options: ["apparmor=unconfined"],
    hasArtefacts: false,
  });
  expect(rightsOf("seat01-node1")).toEqual({
    adds: { adds: ["CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"] },
    options: ["apparmor=unconfined", "seccomp=unconfined"],
    hasArtefacts: true,
  });
});

test("its machine gets its host key from the target, and user data without any key of a seat", async () => {
  const resources = await classroom("update", PORTAL);
  const userData = userDataOf(findResource(resources, "docker:index/container:Container portal"));
  expect(userData).toContain("public-of-portal-host-key");
  expect(userData).toContain("public-of-lab-access-client-key");
  expect(userData).not.toMatch(/private-of-|student-key/);
  const { inputs } = findResource(resources, "docker:index/container:Container portal");
  expect(JSON.stringify(inputs["uploads"])).toContain("private-of-portal-host-key");
  expect(inputs["labels"]).toContainEqual({ label: "lab-nodes.seat", value: "portal" });
});

test("known_hosts has its host key, and its gate checks that", async () => {
  const resources = await classroom("update", PORTAL);
  const { LAB_KNOWN_HOSTS: known } = findResource(resources, "command:local:Command lab-access-files").inputs[
    "environment"
  ] as {
    LAB_KNOWN_HOSTS: string;
  };
  expect(known.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "lab-test-seat01-node1",
    "lab-test-seat02-node1",
    "lab-test-portal",
  ]);
  const { connection } = findResource(resources, "command:remote:Command portal-ready").inputs;
  expect(JSON.stringify(connection)).toContain("public-of-portal-host-key");
});
