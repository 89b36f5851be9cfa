import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SETTING_NAMES } from "../../../config/options";
import { configErrorText, decodeSections, parseConfig } from "../../../config/parse";
import { DEFAULTS, type LabConfig } from "../../../config/schema";
import type { RawConfig } from "../../../config/settings";
import { settingsOf } from "../../../config/settings";
import lock from "../../../lab.lock.json";
import { withPulumiSettings } from "../../../scripts/settings-pages";

/** Every default, as docs/config.md promises it. */
const EXPECTED_DEFAULTS: LabConfig = {
  target: "local",
  seats: 1,
  spares: 0,
  moved: {},
  placement: {},
  portal: "operator",
  portalPort: 8443,
  docker: { publish: "loopback" },
  local: { baseImage: lock.images.debian, sshPort: 2201 },
  aws: { instanceType: "t3.medium", allowAnywhere: false, rootGigabytes: 20, spot: false },
  node: { dockerPackage: "distribution" },
  access: { password: "generated" },
  images: {
    base: "lesson",
    delivery: "build",
    registryPort: 5001,
    registryPullPort: 5003,
    mirrorPort: 5002,
    mirrorOf: "https://registry-1.docker.io",
  },
  artefacts: {},
  trivy: { database: "registry" },
  lesson: { registryImage: "svahub.io/library/wordpress:latest" },
};

function problemsOf(raw: RawConfig): readonly string[] {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems;
}

describe("parseConfig", () => {
  test("fills in every default", () => {
    expect(parseConfig({})).toEqual({ ok: true, config: EXPECTED_DEFAULTS });
    expect(DEFAULTS).toEqual(EXPECTED_DEFAULTS);
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
    const problems = problemsOf({ ...raw, images: { base: "alpin" }, artefacts: { directory: "here" } });
    expect(configErrorText(problems)).toMatchInlineSnapshot(`
      "The config of this lab has 9 problems:
        - target: must be "local" or "aws", not "gcp"
        - seats: must be a whole number from 1 to 200, not "0"
        - docker: must be a group of settings such as "docker.host", not "3"
        - local.sshPort: must be a whole number from 1024 to 65535, not "x"
        - local.sshport: there is no such setting; did you mean "local.sshPort"?
        - node: must be a group of settings such as "node.dockerPackage", not 4
        - images.base: must be "lesson" or "debian", not "alpin"
        - artefacts.directory: must be an absolute path, not "here"
        - seets: there is no such setting; did you mean "seats"?"
    `);
  });

  test("explains a nested setting that was set without --path", () => {
    expect(problemsOf({ "local.sshPort": "2301" })).toEqual([
      "local.sshPort: was set without --path: run pulumi config rm local.sshPort, then pulumi config set --path local.sshPort VALUE",
    ]);
  });

  test("names every setting when an unknown one is like none of them", () => {
    expect(problemsOf({ colour: "red" })).toEqual([
      `colour: there is no such setting; the settings are: ${SETTING_NAMES.join(", ")}`,
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
      "local.sshPort: 65500 leaves no ports for 200 seats: the last port would be 65699, and the highest port is 65535",
    ]);
  });

  test("takes the name of a bake that `pulumi config set` made a number, since no digit of it is a letter", () => {
    expect(parseConfig({ local: { bake: 123456789012 } })).toMatchObject({
      config: { local: { bake: "123456789012" } },
    });
    expect(problemsOf({ local: { bake: 12 } })).toEqual([
      expect.stringContaining("local.bake: must be the name of a bake"),
    ]);
  });
});

describe("the settings of Trivy", () => {
  const SHA256 = "5e".repeat(32);
  const ARCHIVE = { archive: "https://mirror.example/trivy.tar.gz", sha256: SHA256 };
  const BAKED = { database: "baked", databaseArchive: "https://mirror.example/db.tar.gz", databaseSha256: SHA256 };
  const artefacts = { directory: "/srv/class" };

  test.each([
    [{ trivy: ARCHIVE }],
    [{ trivy: BAKED }],
    [{ trivy: { ...ARCHIVE, databaseRepositories: "one.example/db:2,two.example/db" } }],
    [{ trivy: { ...ARCHIVE, archive: "trivy_0.74.0_Linux-64bit.tar.gz" }, artefacts }],
    [{ trivy: { ...BAKED, databaseArchive: "trivy-db" }, artefacts }],
  ])("may be %j", (raw) => {
    expect(problemsOf(raw)).toEqual([]);
  });

  test.each<[object, readonly string[]]>([
    [
      { archive: ARCHIVE.archive },
      ["trivy.sha256: must also be set: trivy.archive and trivy.sha256 must be set together"],
    ],
    [{ sha256: SHA256 }, ["trivy.archive: must also be set: trivy.archive and trivy.sha256 must be set together"]],
    [{ ...ARCHIVE, sha256: "5E" }, ['trivy.sha256: must be a SHA-256 sum, 64 hexadecimal digits, not "5E"']],
    [
      { ...ARCHIVE, archive: "trivy.tar.gz" },
      ["trivy.archive: trivy.tar.gz is not a URL; set artefacts.directory to use a file"],
    ],
    [
      { ...ARCHIVE, archive: "https://class:secret@mirror.example/t" },
      [
        'trivy.archive: must be a URL ("https://" or "http://", without a user name) or the name of a file in artefacts.directory, ' +
          'not "https://class:secret@mirror.example/t"',
      ],
    ],
    [{ database: "none" }, ['trivy.database: must be "registry" or "baked", not "none"']],
    [
      { database: "baked", databaseRepositories: "one.example/db" },
      [
        'trivy.databaseArchive: must be set if trivy.database is "baked"',
        'trivy.databaseSha256: must be set if trivy.database is "baked"',
        'trivy.databaseRepositories: must not be set unless trivy.database is "registry"',
      ],
    ],
    [
      { ...BAKED, database: "registry" },
      [
        'trivy.databaseArchive: must not be set unless trivy.database is "baked"',
        'trivy.databaseSha256: must not be set unless trivy.database is "baked"',
      ],
    ],
    [
      { databaseRepositories: "one.example/db, two.example/db" },
      [
        "trivy.databaseRepositories: must be a comma-separated list of repositories, without spaces, " +
          'not "one.example/db, two.example/db"',
      ],
    ],
  ])("may not be %j", (trivy, problems) => {
    expect(problemsOf({ trivy })).toEqual(problems);
  });

  test.each([["../trivy.tar.gz"], ["/srv/trivy.tar.gz"], [".."], ["sub/trivy.tar.gz"], ["ftp://mirror.example/t"]])(
    "name no archive outside of the folder: %s",
    (archive) => {
      expect(problemsOf({ trivy: { ...ARCHIVE, archive }, artefacts })[0]).toContain("trivy.archive: must be a URL");
    },
  );

  test.each([
    ["https://mirror.example/v0.69.4/trivy_Linux-64bit.tar.gz", "0.69.4"],
    ["trivy_0.69.5_Linux-64bit.tar.gz", "0.69.5"],
    ["trivy-0.69.6.tar.gz", "0.69.6"],
  ])("refuse the releases that carried malware by name: %s", (archive, version) => {
    expect(problemsOf({ trivy: { ...ARCHIVE, archive }, artefacts })).toEqual([
      `trivy.archive: ${archive} is Trivy ${version}, a release that contained malware`,
    ]);
  });

  test.each([["trivy_0.69.45.tar.gz"], ["trivy_10.69.4.tar.gz"], ["trivy_1.0.69.4.tar.gz"], ["trivy_0.69.3.tar.gz"]])(
    "do not take %s for one of them",
    (archive) => {
      expect(problemsOf({ trivy: { ...ARCHIVE, archive }, artefacts })).toEqual([]);
    },
  );

  test("are checked against one another also where other settings are wrong", () => {
    const problems = problemsOf({ seats: "many", trivy: { archive: "trivy.tar.gz", database: "baked", sha256: 5 } });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual([
      "seats",
      "trivy.sha256",
      "trivy.databaseArchive",
      "trivy.databaseSha256",
      "trivy.archive",
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
  const text = readFileSync("Pulumi.yaml", "utf8");
  const project = parse(text) as {
    config: Record<string, { type: string; default: unknown; description: string }>;
  };

  test("is what `npm run docs` writes", () => {
    expect(text).toBe(withPulumiSettings(text));
  });

  test("declares the settings of the schema, but for those that may be unset: Pulumi would ask for them", () => {
    const names = new Set(SETTING_NAMES.map((name) => name.split(".")[0]));
    for (const name of ["engine", "expires", "extended", "owner"]) {
      names.delete(name);
    }
    expect(new Set(Object.keys(project.config))).toEqual(names);
  });

  test("has the defaults; sections are left to the schema", () => {
    const defaults = Object.fromEntries(
      Object.entries(project.config).map(([name, setting]) => [name, setting.default]),
    );
    const { target, seats, spares, portal, portalPort, ...sections } = EXPECTED_DEFAULTS;
    const emptySections = Object.fromEntries(Object.keys(sections).map((name) => [name, {}]));
    expect(defaults).toEqual({ target, seats, spares, portal, portalPort, ...emptySections });
  });
});
