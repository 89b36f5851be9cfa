import { describe, expect, test } from "vitest";
import { serverOf } from "../../../config/hosts";
import { parseConfig } from "../../../config/parse";

const HOSTS = "unix:///var/run/docker.sock,ssh://lab@server1:2222";

function problemsOf(raw: Record<string, unknown>): readonly string[] {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems;
}

describe("docker.hosts", () => {
  test("is a list, or its members with commas between", () => {
    const list = ["unix:///var/run/docker.sock", "ssh://lab@server1:2222"];
    for (const hosts of [HOSTS, list]) {
      expect(parseConfig({ docker: { hosts } })).toMatchObject({ ok: true, config: { docker: { hosts: list } } });
    }
  });

  test.each([
    "tcp://server",
    "server1",
    "ssh://",
    "ssh://-oProxyCommand=x@server",
    "ssh://a b",
    "ssh://server/path",
    "ssh://$(x)@server",
  ])("refuses %s", (host) => {
    expect(problemsOf({ docker: { hosts: host } })[0]).toMatch(
      /^docker\.hosts(\.\d)?: must be a comma-separated list of addresses such as/,
    );
  });

  test.each([
    [{ docker: { hosts: "ssh://a,ssh://b,ssh://a" } }, "docker.hosts: must not list ssh://a more than once"],
    [
      { docker: { hosts: "ssh://a", host: "unix:///x" } },
      "docker.host: must not be set if docker.hosts is set: add it to that list",
    ],
    [
      { docker: { hosts: "ssh://a" }, images: { delivery: "registry" } },
      'images.delivery: must be "build" if docker.hosts is set',
    ],
    [
      { docker: { hosts: "ssh://a" }, placement: { seat01: "ssh://b" } },
      "placement.seat01: ssh://b is not one of docker.hosts, but seat01 is on it; add it again, or run ./lab down first",
    ],
  ])("what does not go together is refused: %j", (raw, problem) => {
    expect(problemsOf(raw)).toEqual([problem]);
  });
});

test.each([
  ["unix:///var/run/docker.sock", undefined],
  ["ssh://server1", { name: "server1", user: undefined, port: undefined }],
  ["ssh://lab@server1.example.org:2222", { name: "server1.example.org", user: "lab", port: 2222 }],
])("the server of %s", (address, server) => {
  expect(serverOf(address)).toEqual(server);
});
