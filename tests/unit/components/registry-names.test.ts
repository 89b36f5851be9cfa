import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nameInRegistry, saveDockerfile, withSources } from "../../../components/delivery/class-images";
import { loopbackAddress, REGISTRY } from "../../../config/values/registry";
import { temporaryFolder } from "../cli/support";

const SOURCES = new Map([
  ["alpine:latest", "alpine:3.22@sha256:aa"],
  ["debian:bookworm", "lab-nodes/base:bookworm"],
]);

describe("withSources", () => {
  test.each([
    ["FROM alpine\nRUN apk add nodejs\n", "FROM alpine:3.22@sha256:aa\nRUN apk add nodejs\n"],
    ["from alpine:latest AS one\nFROM one\n", "from alpine:3.22@sha256:aa AS one\nFROM one\n"],
    ["FROM debian:bookworm\n# FROM alpine\n", "FROM lab-nodes/base:bookworm\n# FROM alpine\n"],
    ["FROM alpine:3.9\n", "FROM alpine:3.9\n"],
  ])("%j", (before, after) => {
    expect(withSources(before, SOURCES)).toBe(after);
  });

  test("changes nothing of the lesson's own Dockerfiles but the line that names the base", () => {
    const lines = readFileSync("images/hello/v0.1/Dockerfile", "utf8").split("\n");
    const changed = withSources(lines.join("\n"), SOURCES).split("\n");
    expect(changed).toEqual(["FROM alpine:3.22@sha256:aa", ...lines.slice(1)]);
  });
});

test("a Dockerfile is kept once for each text", () => {
  const folder = join(temporaryFolder(), "deep", "er");
  const path = saveDockerfile("FROM a\n", folder);
  expect(readFileSync(path, "utf8")).toBe("FROM a\n");
  expect(saveDockerfile("FROM a\n", folder)).toBe(path);
  expect(saveDockerfile("FROM b\n", folder)).not.toBe(path);
  expect(existsSync(path)).toBe(true);
});

test("classes that share a registry do not share tags", () => {
  expect(nameInRegistry("registry.example/class", "spring", "hello:v0.1")).toBe(
    "registry.example/class/hello:spring-v0.1",
  );
});

describe("a registry's name", () => {
  test.each(["registry.example", "registry.example:5000/a/b_c", "localhost:5000", "127.0.0.1:5001", "registry:5000/x"])(
    "may be %s",
    (name) => expect(name).toMatch(REGISTRY),
  );

  test.each([
    "registry",
    "ana/images",
    "https://registry.example",
    "registry.example/",
    "ana@registry.example",
    "REG.example/A",
    "a.b:c",
  ])("must not be %s", (name) => expect(name).not.toMatch(REGISTRY));

  test.each([
    ["127.0.0.1:5001", "127.0.0.1:5001"],
    ["localhost:5000/class", "localhost:5000"],
    ["127.0.0.1.example:5000", undefined],
    ["registry.example:5000", undefined],
  ])("%s is at the loopback address %s", (name, address) => {
    expect(loopbackAddress(name)).toBe(address);
  });
});
