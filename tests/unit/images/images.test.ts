import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

function read(path: string): string {
  return readFileSync(`images/${path}`, "utf8");
}

function instructions(dockerfile: string): string[] {
  return read(dockerfile).trim().split("\n");
}

describe.each([[""], ["debian/"]])("the hello contexts under images/%s", (set) => {
  test("differ in one line of index.js alone, so that v0.2's RUN layer comes from the cache", () => {
    expect(read(`${set}hello/v0.2/Dockerfile`)).toBe(read(`${set}hello/v0.1/Dockerfile`));
    const added = read(`${set}hello/v0.2/index.js`).replace(read(`${set}hello/v0.1/index.js`), "");
    expect(added).toBe('console.log("this is v0.2");\n');
  });

  test("print what the lesson says", () => {
    const v1 = execFileSync("node", [`images/${set}hello/v0.1/index.js`], { encoding: "utf8" });
    const v2 = execFileSync("node", [`images/${set}hello/v0.2/index.js`], { encoding: "utf8" });
    expect(v1).toMatch(/^hello from \S+\n$/);
    expect(v2).toBe(`${v1}this is v0.2\n`);
  });
});

describe("the Debian twins", () => {
  test("have the lesson's own program", () => {
    expect(read("debian/hello/v0.1/index.js")).toBe(read("hello/v0.1/index.js"));
  });

  test.each([["figlet"], ["hello/v0.1"]])("differ in %s by base and package manager alone", (image) => {
    const lesson = instructions(`${image}/Dockerfile`);
    const twin = instructions(`debian/${image}/Dockerfile`);
    expect(twin.slice(2)).toEqual(lesson.slice(2));
    expect(twin.map((line) => line.split(" ")[0])).toEqual(lesson.map((line) => line.split(" ")[0]));
  });
});

test("the lesson's hello image is the lesson's own Dockerfile", () => {
  expect(instructions("hello/v0.1/Dockerfile")).toEqual([
    "FROM alpine",
    "RUN apk update && apk add nodejs",
    "COPY . /app",
    "WORKDIR /app",
    'CMD ["node","index.js"]',
  ]);
});
