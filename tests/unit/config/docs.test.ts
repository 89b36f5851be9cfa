import { readFileSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { commonFlags } from "../../../cli/commands/define-command";
import { upCommand } from "../../../cli/commands/up";
import { SETTING_NAMES } from "../../../config/options";
import { configErrorText, parseConfig } from "../../../config/parse";
import { configSchema } from "../../../config/schema";
import { withSettingsTable } from "../../../scripts/settings-pages";

const PAGE = readFileSync("docs/config.md", "utf8");

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const SCHEMA = z.toJSONSchema(configSchema, { io: "output" }) as JsonSchema;

/** What the schema says of a setting. */
function schemaOf(name: string): JsonSchema {
  const found = name.split(".").reduce<JsonSchema | undefined>((schema, key) => schema?.properties?.[key], SCHEMA);
  if (found === undefined) {
    throw new Error(`the schema has no ${name}`);
  }
  return found;
}

/** Rows of the table: cells by setting. */
const ROWS = new Map(
  PAGE.split("\n")
    .filter((line) => line.startsWith("| [`"))
    .map((line) => {
      const [setting = "", value = "", fallback = "", flag = ""] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [setting.match(/^\[`(.+)`\]/)?.[1] ?? "", { setting, value, fallback, flag }] as const;
    }),
);

/** Text of a setting's own section. */
function sectionOf(name: string): string {
  return PAGE.split(/^#+ /m).find((section) => section.startsWith(`${name}\n`)) ?? "";
}

/** The settings of the example commands in a setting's section; those that it cannot do without are set with it. */
function exampleOf(name: string): ReadonlyMap<string, string> {
  const commands = sectionOf(name).matchAll(/^pulumi config set --path (\S+) (\S+)$/gm);
  return new Map([...commands].map(([, setting = "", value = ""]) => [setting, value]));
}

/** A raw config, as Pulumi hands it over. */
function rawWith(settings: ReadonlyMap<string, string>): Record<string, unknown> {
  const raw: Record<string, Record<string, string> | string> = {};
  for (const [name, value] of settings) {
    const [section = "", key] = name.split(".");
    const given = raw[section];
    raw[section] = key === undefined ? value : { ...(typeof given === "object" ? given : {}), [key]: value };
  }
  return raw;
}

function inCode(value: unknown): string {
  return `\`${String(value)}\``;
}

test("the page is what `npm run docs` writes", () => {
  expect(PAGE).toBe(withSettingsTable(PAGE));
});

test("the page has every setting of the schema, in its order, and no other", () => {
  expect([...ROWS.keys()]).toEqual(SETTING_NAMES);
  const sections = [...PAGE.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(SETTING_NAMES);
});

describe.each(SETTING_NAMES)("%s", (name) => {
  const row = ROWS.get(name);
  const schema = schemaOf(name);

  test("has the schema's default", () => {
    expect(row?.fallback).toBe(schema.default === undefined ? "none" : inCode(schema.default));
  });

  test("has the schema's values, where those are few or have bounds", () => {
    if (schema.enum !== undefined) {
      expect(row?.value).toBe(schema.enum.map(inCode).join(" or "));
    } else if (schema.minimum !== undefined) {
      expect(row?.value).toBe(`whole number, ${schema.minimum} to ${schema.maximum}`);
    } else {
      expect(row?.value).not.toBe("");
    }
  });

  test("has a link that leads to its section, and text there", () => {
    // GitHub's rule for headings: small letters, dots left out.
    expect(row?.setting).toBe(`[\`${name}\`](#${name.toLowerCase().replaceAll(".", "")})`);
    expect(sectionOf(name).split("\n")[2]).toMatch(/^[A-Z].+\.$/);
  });

  test("has an example that the schema takes", () => {
    const example = exampleOf(name);
    expect([...example.keys()].filter((key) => key === name || key.startsWith(`${name}.`))).not.toEqual([]);
    expect(parseConfig(rawWith(example))).toMatchObject({ ok: true });
  });
});

test("the values of docker.host are those that are taken", () => {
  for (const [, scheme] of ROWS.get("docker.host")?.value.matchAll(/`(\w+:\/\/)`/g) ?? []) {
    expect(parseConfig(rawWith(new Map([["docker.host", `${scheme}engine`]])))).toMatchObject({ ok: true });
  }
  const refusal = parseConfig(rawWith(new Map([["docker.host", "fd://engine"]])));
  const taken = refusal.ok
    ? []
    : [...(refusal.problems[0]?.matchAll(/"(\w+:\/\/)"/g) ?? [])].map(([, scheme]) => scheme);
  expect([...(ROWS.get("docker.host")?.value.matchAll(/`(\w+:\/\/)`/g) ?? [])].map(([, scheme]) => scheme)).toEqual(
    taken,
  );
});

test("the flags are those of lab", () => {
  const flags = [...ROWS].flatMap(([name, { flag }]) => (flag === "" ? [] : [[name, flag]]));
  const command = commonFlags(new Command());
  upCommand.configure(command, async () => {});
  const saved = command.options.filter(({ description }) => description.includes("(saved;"));
  const kept = saved.map(({ long }) => `\`${long}\``);
  expect(flags.map(([, flag]) => flag).sort()).toEqual(kept.sort());
});

test("the example of wrong settings is what such settings get", () => {
  const result = parseConfig({ seats: "many", seets: "3" });
  expect(PAGE).toContain(`lab: ${configErrorText(result.ok ? [] : result.problems)}\n`);
});
