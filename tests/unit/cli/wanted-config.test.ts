import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { wantedConfig } from "../../../cli/workflows/configure/wanted-config";
import { DEFAULTS } from "../../../config/schema";
import { labErrorOf, temporaryFolder } from "./support";

const FILE = "config:\n  lab-nodes:seats: 3\n  lab-nodes:local:\n    sshPort: 2301\n    baseImage: debian:bookworm\n";

function stackWith(text: string): { config: StackConfig; file: string } {
  const folder = temporaryFolder();
  const file = join(folder, "Pulumi.dev.yaml");
  writeFileSync(file, text);
  return { config: new StackConfig(folder, "dev"), file };
}

test("is the file's settings with defaults, where nothing is changed", () => {
  expect(wantedConfig(stackWith(FILE).config, new Map())).toEqual({
    ...DEFAULTS,
    seats: 3,
    local: { sshPort: 2301, baseImage: "debian:bookworm" },
  });
});

test("puts a change before the file, and leaves the rest of its section", () => {
  const wanted = wantedConfig(
    stackWith(FILE).config,
    new Map([
      ["seats", 5],
      ["local.sshPort", 2401],
    ]),
  );
  expect(wanted).toMatchObject({ seats: 5, local: { sshPort: 2401, baseImage: "debian:bookworm" } });
});

test("makes the section that a change needs, and the file that is not there yet", () => {
  const config = new StackConfig(temporaryFolder(), "dev");
  expect(wantedConfig(config, new Map([["local.sshPort", 2401]])).local).toEqual({ ...DEFAULTS.local, sshPort: 2401 });
});

test("writes nothing", () => {
  const { config, file } = stackWith(FILE);
  wantedConfig(config, new Map([["seats", 5]]));
  expect(readFileSync(file, "utf8")).toBe(FILE);
  const empty = temporaryFolder();
  wantedConfig(new StackConfig(empty, "dev"), new Map([["seats", 5]]));
  expect(existsSync(join(empty, "Pulumi.dev.yaml"))).toBe(false);
});

test("refuses with every problem of file and changes at once, as the user's mistake", () => {
  const { config } = stackWith("config:\n  lab-nodes:seets: 3\n  lab-nodes:node: 7\n");
  const changes = new Map<string, string | number>([
    ["seats", 0],
    ["target", "moon"],
  ]);
  const error = labErrorOf(() => wantedConfig(config, changes));
  expect(error.exitCode).toBe(2);
  expect(error.message.split("\n").map((line) => line.split(":")[0]?.trim())).toEqual([
    "The config of this lab has 4 problems",
    "- target",
    "- seats",
    "- node",
    "- seets",
  ]);
  expect(error.hint).toContain("docs/config.md");
});

test("lets a change correct what is wrong in the file", () => {
  expect(wantedConfig(stackWith("config:\n  lab-nodes:seats: many\n").config, new Map([["seats", 2]])).seats).toBe(2);
});
