import { describe, expect, test } from "vitest";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { capacityText, sumFinding } from "../../../cli/workflows/doctor/examine-hosts";
import { capacityProblems } from "../../../cli/workflows/prepare/hosts/prepare-hosts";
import {
  askHosts,
  hostAnswersProblems,
  reasonIn,
  silenceAdvice,
} from "../../../components/machines/docker-hosts/answers";

function engine(host: string, more: Partial<DockerEngine> = {}): DockerEngine {
  return {
    host,
    identity: host,
    serverVersion: "28.0.0",
    cgroupVersion: 2,
    platform: "linux/amd64",
    rootDirectory: "/var/lib/docker",
    kernelVersion: "6.1.0",
    memoryBytes: 8e9,
    cores: 2,
    ...more,
  };
}

describe("askHosts", () => {
  test("a host that does not answer is told, and the others are heard", async () => {
    const read = async (host: string) => {
      if (host === "ssh://dead") {
        throw new Error(
          "ssh to dead ended with exit code 255; it said: Host key\nverification failed.; check the address",
        );
      }
      return engine(host);
    };
    expect(await askHosts(["ssh://dead", "ssh://a"], read)).toEqual([
      { host: "ssh://dead", engine: undefined, silence: "Host key verification failed." },
      { host: "ssh://a", engine: engine("ssh://a") },
    ]);
  });

  test("what is not of ssh is told as it is", () => {
    expect(reasonIn(new Error("no answer within 15 s"))).toBe("no answer within 15 s");
  });
});

describe("hostAnswersProblems", () => {
  const answer = (host: string, more: Partial<DockerEngine> = {}) => ({ host, engine: engine(host, more) });

  test("none where all are different Engines of one platform, silent ones aside", () => {
    const silent = { host: "ssh://c", engine: undefined, silence: "no" };
    expect(hostAnswersProblems([answer("ssh://a"), answer("ssh://b"), silent])).toEqual([]);
  });

  test("two addresses of one Engine", () => {
    const same = { identity: "one" };
    expect(hostAnswersProblems([answer("ssh://a", same), answer("unix:///b", same)])).toEqual([
      "docker.hosts: ssh://a and unix:///b are the same Engine",
    ]);
  });

  test("another platform", () => {
    const arm = { platform: "linux/arm64" } as const;
    expect(hostAnswersProblems([answer("ssh://a"), answer("ssh://b", arm)])).toEqual([
      "docker.hosts: ssh://b is linux/arm64, ssh://a is linux/amd64; all hosts of a class must have the same platform",
    ]);
  });

  test("none at all answers", () => {
    const silence = "Permission denied (publickey).";
    expect(hostAnswersProblems([{ host: "ssh://lab@a:2222", engine: undefined, silence }])).toEqual([
      "docker.hosts: ssh://lab@a:2222 does not answer: Permission denied (publickey).; install your SSH key on it: ssh-copy-id -p 2222 lab@a",
    ]);
  });

  test.each([
    ["ssh://lab@a", "Host key verification failed.", "compare and accept its host key: ssh lab@a"],
    ["ssh://a:22", "Connection refused", "this command must work without a prompt: ssh -p 22 a docker version"],
    ["unix:///x", "connect ENOENT", "start its Docker Engine"],
  ])("what to type about %s: %s", (host, silence, advice) => {
    expect(silenceAdvice(host, silence)).toBe(advice);
  });
});

describe("room", () => {
  const host = (name: string, nodes: number, there = 0) => ({
    engine: engine(name),
    there,
    capacity: { nodes, boundBy: "disk" as const },
  });

  test("one line with what each host carries, where one has to carry more", () => {
    const placement = { seat01: "ssh://a", seat02: "ssh://a", seat03: "ssh://b" };
    expect(capacityProblems([host("ssh://a", 1), host("ssh://b", 1)], placement)).toEqual([
      "seats: a host has less capacity than its seats need: ssh://a: 2 needed, capacity for 1 (disk); " +
        "ssh://b: 1 needed, capacity for 1 (disk); total: 3 needed, capacity for 2; add a host, or run ./lab up --force to try anyway",
    ]);
    expect(capacityProblems([host("ssh://a", 2), host("ssh://b", 1)], placement)).toEqual([]);
  });

  test("one overloaded host is reported also where all hosts together have capacity", () => {
    const placement = { seat01: "ssh://a", seat02: "ssh://a", seat03: "ssh://b" };
    expect(capacityProblems([host("ssh://a", 1), host("ssh://b", 0, 1), host("ssh://c", 19)], placement)).toEqual([
      "seats: a host has less capacity than its seats need: ssh://a: 2 needed, capacity for 1 (disk); " +
        "ssh://b: 1 needed, capacity for 1 (disk); ssh://c: 0 needed, capacity for 19 (disk); " +
        "total: 3 needed, capacity for 21; add a host, or run ./lab up --force to try anyway",
    ]);
  });

  test("seats that are there have room, whatever the figures say", () => {
    expect(capacityProblems([host("ssh://a", 0, 1)], { seat01: "ssh://a" })).toEqual([]);
  });

  test("doctor sums it up", () => {
    expect(sumFinding([host("ssh://a", 20), host("ssh://b", 18)], 60)).toMatchObject([
      { verdict: "bad", text: "these hosts have capacity for 38 nodes together; the class needs 60" },
    ]);
    expect(sumFinding([host("ssh://a", 20), host("ssh://b", 18)], 38)).toMatchObject([{ verdict: "good" }]);
    expect(sumFinding([host("ssh://a", 1)], 1)).toMatchObject([
      { text: "these hosts have capacity for 1 node together" },
    ]);
  });

  test.each([
    [1, 1, "has capacity for 1 node (1 exists); disk would run out first"],
    [20, 0, "has capacity for 20 nodes; disk would run out first"],
    [20, 2, "has capacity for 20 nodes (2 exist); disk would run out first"],
  ])("doctor counts the nodes of one host: %i, of which %i exist", (nodes, there, text) => {
    expect(capacityText(nodes, there, "disk")).toBe(text);
  });
});
