import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { labErrorOf, temporaryFolder } from "../../cli/support";

function stackWith(text: string | undefined): { config: StackConfig; folder: string; text(): string } {
  const folder = temporaryFolder();
  const file = join(folder, "Pulumi.dev.yaml");
  if (text !== undefined) {
    writeFileSync(file, text);
  }
  return { config: new StackConfig(folder, "dev"), folder, text: () => readFileSync(file, "utf8") };
}

const WRITTEN_BY_PULUMI = `encryptionsalt: v1:8uw9Xn177tc=:v1:X4Cd
config:
  # the spring class
  lab-nodes:seats: 30
  lab-nodes:local:
    sshPort: 2301
  aws:region: eu-west-1
`;

describe("StackConfig", () => {
  test("writes a time in quotes: without them Pulumi reads no text", () => {
    const { config, text } = stackWith("config:\n  lab-nodes:seats: 30\n");
    config.write(new Map([["extended", "2026-12-01T18:00:00Z"]]));
    expect(text()).toBe('config:\n  lab-nodes:seats: 30\n  lab-nodes:extended: "2026-12-01T18:00:00Z"\n');
  });

  test("forgets one setting, and leaves everything else as it is", () => {
    const { config, text } = stackWith(WRITTEN_BY_PULUMI);
    config.forget("seats");
    expect(text()).toBe(WRITTEN_BY_PULUMI.replace("  lab-nodes:seats: 30\n", ""));
    config.forget("extended");
    expect(config.read()).toEqual({ local: { sshPort: 2301 } });
  });

  test.each([[undefined], [""], ["config:\n"]])("forgets nothing of %j, and writes nothing", (text) => {
    const { config, folder } = stackWith(text);
    config.forget("extended");
    expect(readdirSync(folder)).toEqual(text === undefined ? [] : ["Pulumi.dev.yaml"]);
  });

  test("is there when the stack was made", () => {
    expect(stackWith(undefined).config.exists()).toBe(false);
    expect(stackWith("encryptionsalt: v1\n").config.exists()).toBe(true);
  });

  test("reads this project's settings without their namespace", () => {
    expect(stackWith(WRITTEN_BY_PULUMI).config.read()).toEqual({ seats: 30, local: { sshPort: 2301 } });
  });

  test.each([[undefined], [""], ["encryptionsalt: v1\n"], ["config:\n"], ["config: {}\n"]])(
    "reads no settings from %j, and writes the first ones to it",
    (text) => {
      const { config } = stackWith(text);
      expect(config.read()).toEqual({});
      config.write(
        new Map<string, string | number>([
          ["seats", 2],
          ["local.sshPort", 2301],
        ]),
      );
      expect(config.read()).toEqual({ seats: 2, local: { sshPort: 2301 } });
    },
  );

  test("forgets one setting, and leaves the others and a file without it alone", () => {
    const { config, text } = stackWith(WRITTEN_BY_PULUMI.replace("    sshPort", "    bake: none\n    sshPort"));
    config.forget("local.bake");
    expect(text()).toBe(WRITTEN_BY_PULUMI);
    config.forget("local.bake");
    config.forget("trivy.archive");
    expect(text()).toBe(WRITTEN_BY_PULUMI);
  });

  test("changes the given settings alone: salt, comments and others' settings stay, in their order", () => {
    const { config, text, folder } = stackWith(WRITTEN_BY_PULUMI);
    config.write(
      new Map<string, string | number>([
        ["seats", 31],
        ["local.baseImage", "debian:bookworm"],
      ]),
    );
    expect(text()).toBe(
      WRITTEN_BY_PULUMI.replace("seats: 30", "seats: 31").replace(
        "    sshPort: 2301\n",
        "    sshPort: 2301\n    baseImage: debian:bookworm\n",
      ),
    );
    expect(readdirSync(folder)).toEqual(["Pulumi.dev.yaml"]);
  });

  test("keeps text that looks like a number as text", () => {
    const { config } = stackWith(undefined);
    config.write(new Map([["artefacts.directory", "0755"]]));
    expect(config.read()).toEqual({ artefacts: { directory: "0755" } });
  });

  test("refuses a file that is no YAML, names it, and leaves it as it is", () => {
    const { config, text, folder } = stackWith("config: [1\n");
    const error = labErrorOf(() => config.read());
    expect([error.message, error.exitCode]).toEqual([
      expect.stringContaining(`${join(folder, "Pulumi.dev.yaml")} is not valid YAML`),
      2,
    ]);
    labErrorOf(() => config.write(new Map([["seats", 2]])));
    expect(text()).toBe("config: [1\n");
  });
});
