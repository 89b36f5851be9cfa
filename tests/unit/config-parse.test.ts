import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { DEFAULTS } from "../../config/defaults";
import { configErrorText, decodeSections, parseConfig, type RawConfig } from "../../config/parse";
import { settingNames } from "../../config/schema";
import { settingsOf } from "../../config/settings";

function problemsOf(raw: RawConfig): readonly string[] {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems;
}

describe("parseConfig", () => {
  test("fills in every default", () => {
    expect(parseConfig({})).toEqual({ ok: true, config: DEFAULTS });
  });

  test("keeps the other defaults of a section with one setting", () => {
    const result = parseConfig(decodeSections({ local: '{"sshPort":2301}' }));
    expect(result).toMatchObject({ config: { local: { sshPort: 2301, baseImage: DEFAULTS.local.baseImage } } });
  });

  test("takes numbers as Pulumi and as YAML give them", () => {
    expect(parseConfig({ seats: "30" })).toMatchObject({ config: { seats: 30 } });
    expect(parseConfig({ seats: 30 })).toMatchObject({ config: { seats: 30 } });
  });

  test("reports every problem at once, each in the user's words", () => {
    const raw = { seats: "0", seets: 4, target: "gcp", node: 4, docker: "3", local: { sshport: 1, sshPort: "x" } };
    const problems = problemsOf({ ...raw, images: { base: "alpin", directory: "here" } });
    expect(configErrorText(problems)).toMatchInlineSnapshot(`
      "The config of this lab has 9 problems:
        - target: must be "local" or "aws", not "gcp"
        - seats: must be a whole number from 1 to 200, not "0"
        - docker: must be a group of settings such as "docker.host", not "3"
        - local.sshPort: must be a whole number from 1024 to 65535, not "x"
        - local.sshport: there is no such setting; did you mean "local.sshPort"?
        - node: must be a group of settings such as "node.dockerPackage", not 4
        - images.base: must be "lesson" or "debian", not "alpin"
        - images.directory: must be an absolute path, not "here"
        - seets: there is no such setting; did you mean "seats"?"
    `);
  });

  test("explains a nested setting that was set without --path", () => {
    expect(problemsOf({ "local.sshPort": "2301" })).toEqual([
      "local.sshPort: was set without --path: pulumi config rm local.sshPort, then pulumi config set --path local.sshPort VALUE",
    ]);
  });

  test("names every setting when an unknown one is like none of them", () => {
    expect(problemsOf({ colour: "red" })).toEqual([
      `colour: there is no such setting; there are: ${settingNames().join(", ")}`,
    ]);
  });

  test.each([
    [{ seats: 1.5 }, "seats: must be a whole number from 1 to 200, not 1.5"],
    [{ seats: 201 }, "seats: must be a whole number from 1 to 200, not 201"],
    [{ local: { baseImage: "" } }, 'local.baseImage: must not be empty, not ""'],
    [
      { docker: { host: "docker.sock" } },
      'docker.host: must start with "unix://", "tcp://" or "ssh://", not "docker.sock"',
    ],
    [{ local: "[1]" }, 'local: must be a group of settings such as "local.baseImage", not "[1]"'],
  ])("refuses %j", (raw, problem) => {
    expect(problemsOf(raw)).toEqual([problem]);
  });

  test("refuses a class whose last seat would have no port", () => {
    expect(problemsOf({ seats: 200, local: { sshPort: 65500 } })).toEqual([
      "local.sshPort: leaves no room for 200 seats: the last port would be 65699, the highest there is 65535, not 65500",
    ]);
  });
});

describe("decodeSections", () => {
  test("leaves text that is no JSON for the user to read about", () => {
    expect(problemsOf(decodeSections({ docker: "{host", local: "[1]" }))).toEqual([
      'docker: must be a group of settings such as "docker.host", not "{host"',
      'local: must be a group of settings such as "local.baseImage", not [1]',
    ]);
  });

  test("leaves all else alone", () => {
    expect(decodeSections({ seats: "3", target: "local" })).toEqual({ seats: "3", target: "local" });
  });
});

describe("settingsOf", () => {
  test("leaves out other projects' settings", () => {
    expect(settingsOf("lab-nodes", { "lab-nodes:seats": 2, "aws:region": "eu-west-1" })).toEqual({ seats: 2 });
  });
});

describe("Pulumi.yaml", () => {
  const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
    config: Record<string, { type: string; default: unknown; description: string }>;
  };

  test("declares the settings of the schema, but for those that may be unset: Pulumi would ask for them", () => {
    const names = new Set(settingNames().map((name) => name.split(".")[0]));
    for (const name of ["engine", "expires", "owner"]) {
      names.delete(name);
    }
    expect(new Set(Object.keys(project.config))).toEqual(names);
  });

  test("has the schema's defaults; sections are left to the schema", () => {
    const { seats, target } = project.config;
    expect({ seats: seats?.default, target: target?.default }).toEqual({
      seats: DEFAULTS.seats,
      target: DEFAULTS.target,
    });
    const sections = Object.values(project.config).filter(({ type }) => type === "object");
    expect(sections.map((section) => section.default)).toEqual(sections.map(() => ({})));
  });
});
