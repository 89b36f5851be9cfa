import { describe, expect, test } from "vitest";
import { studentAddress } from "../../../cli/workflows/portal/opening";
import { portalSpec } from "../../../components/portal-spec";
import type { StateResource } from "../../../core/class-state/state-resource";

const NOW = new Date("2026-12-01T10:00:00Z");
const CONFIG = { portal: "node", portalPort: 8444, expires: "8h", extended: "2026-12-01T20:00Z" } as const;

describe("what a class asks of its portal's machine", () => {
  test("is nothing where the portal is the operator's", () => {
    expect(portalSpec({ ...CONFIG, portal: "operator", target: "aws" }, NOW)).toBeUndefined();
  });

  test("at AWS is one port, which the portal listens on itself, and the class's end", () => {
    expect(portalSpec({ ...CONFIG, target: "aws" }, NOW)).toEqual({
      service: { port: 8444, publishedAs: 8444 },
      expiry: { seconds: 28_800 },
      extension: "2026-12-01T20:00:00Z",
    });
    expect(portalSpec({ portal: "node", portalPort: 8444, target: "aws", extended: undefined }, NOW)).toMatchObject({
      expiry: { seconds: 43_200 },
      extension: undefined,
    });
  });

  test("on the operator's Engine is a port that another one leads to, and no end", () => {
    expect(portalSpec({ ...CONFIG, target: "local" }, NOW)).toEqual({
      service: { port: 8443, publishedAs: 8444 },
      expiry: undefined,
      extension: undefined,
    });
  });
});

describe("what the portal is told of a seat", () => {
  const resource = (name: string, privateKeyOpenssh: string) => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const outputs = { privateKeyOpenssh: { ...secret, plaintext: JSON.stringify(privateKeyOpenssh) } };
    return { type: "tls:index/privateKey:PrivateKey", name, id: name, outputs } as unknown as StateResource;
  };
  const state = [
    resource("lab-access-client-key", "operator's"),
    resource("seat01-node1-host-key", "host's"),
    resource("seat01-node1-student-key", "student's"),
    resource("seat02-node1-student-key", "another student's"),
  ];
  const ssh = { host: "198.51.100.1", port: 22, user: "root" };
  const hostKeyOf = (node: string) => `public of ${node}`;

  test("is its address for machines of the class, where it has one, and the student's key alone", () => {
    const told = studentAddress({ node: "seat01-node1", ssh: { ...ssh, inside: "10.77.0.4" } }, state, hostKeyOf);
    expect(told).toEqual({
      host: "10.77.0.4",
      port: 22,
      user: "student",
      privateKey: "student's",
      hostKey: "public of seat01-node1",
    });
  });

  test("is the operator's address where that is the same, and nothing as long as there is no machine", () => {
    expect(studentAddress({ node: "seat01-node1", ssh }, state, hostKeyOf)?.host).toBe("198.51.100.1");
    expect(studentAddress({ node: "seat01-node1", ssh: undefined }, state, hostKeyOf)).toBeNull();
    expect(studentAddress({ node: "seat03-node1", ssh }, state, hostKeyOf)).toBeNull();
  });
});
