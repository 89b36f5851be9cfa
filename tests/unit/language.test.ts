import { readdirSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const REPOSITORY = resolve(__dirname, "../..");

/** A word or phrase that this project no longer uses. */
interface Replacement {
  /** Its spaces also match a line break in a comment or paragraph. */
  readonly old: RegExp;
  readonly use: string;
}

const REPLACEMENTS: readonly Replacement[] = [
  { old: /surroundings/i, use: "runtime, command context" },
  { old: /goners?(?![a-z])/i, use: "nodesToReplace" },
  { old: /survivors?(?![a-z])/i, use: "leftovers" },
  { old: /possessions?(?![a-z])/i, use: "resources (awsResources, dockerResources)" },
  { old: /portalWish/i, use: "portalSpec" },
  { old: /usageWish/i, use: "UsageQuery" },
  { old: /livesOn(?![a-z])/, use: "onMachine" },
  { old: /whyHopeless/i, use: "unrecoverableReason" },
  { old: /engineWord/i, use: "syntheticDiagnostic" },
  { old: /ROOM_IS_JUDGED/, use: "SKIP_CAPACITY_CHECK" },
  { old: /wakeDocker/i, use: "restartUnresponsiveDocker" },
  { old: /\baskers?\b/i, use: "client, queries" },
  // class-book.json stays: the portals of running classes keep their state in a file of that name.
  { old: /class[- ]?book(?!\.json)/i, use: "roster" },
  { old: /nameless/i, use: "untagged (image), unlinked (file)" },
  { old: /overlooked/i, use: "ignored, ignoredInputs" },
  { old: /ENGINES_OWN/, use: "HOST_DEPENDENT_INPUTS" },
  { old: /sshWords/i, use: "sshArguments" },
  { old: /(?<![A-Za-z])[Mm]end(?:s|ed|ing)?(?![a-z])/, use: "repair, recover (a node), fix" },
  { old: /(?<=[a-z])Mend(?:s|ed|ing)?(?![a-z])/, use: "repair, recover (a node), fix" },
  { old: /(?<![A-Za-z])MEND(?:S|ED|ING)?(?![A-Z])/, use: "repair, recover (a node), fix" },
  { old: /\bma(?:de|kes?|king) (?:[^"`\n]{0,40} )?anew\b/i, use: "recreate" },
  { old: /\bonce more\b/i, use: "again" },
  { old: /\bcould not be had\b/i, use: "could not be downloaded" },
  { old: /\bby hand\b/i, use: "manually" },
  { old: /\bcarries the class\b/i, use: "has capacity for the class" },
  { old: /\bwhat a seat takes\b/i, use: "resources per seat" },
  { old: /\bwhat it costs\b/i, use: "cost, cost per seat" },
];

/** Files and folders that are not checked, each with the reason. */
const EXCLUDED: Readonly<Record<string, string>> = {
  ".git": "not part of the sources",
  ".lab": "state of this clone",
  node_modules: "packages of others",
  sdks: "generated",
  "docs/lesson": "generated from lesson/",
  "CHANGELOG.md": "describes earlier versions",
  "docs/adr": "describes earlier decisions",
  images: "a changed byte rebuilds the node image, and so replaces the machines of running classes",
  "cloud-init/files/arm-expiry.sh": "part of the user data: a changed byte replaces the machines of running classes",
  "cloud-init/files/gate.sh": "an input of each node's gate: a changed byte runs the gates of running classes again",
  "tests/unit/cloud-init/scripts/gate-trivy.test.ts": "quotes gate.sh",
  "tests/unit/language.test.ts": "this list",
};

/** Names of ADR files, which are links to earlier decisions and stay. */
const ADR_FILE = /\badr\/[\w-]+\.md\b/g;

const TEXT_EXTENSIONS: ReadonlySet<string> = new Set([
  "",
  ...[".cjs", ".css", ".js", ".json", ".mjs", ".mts", ".py", ".service", ".sh", ".svg", ".timer", ".ts", ".tsx"],
  ...[".md", ".txt", ".yaml", ".yml"],
]);

function filesUnder(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path in EXCLUDED) {
      return [];
    }
    if (entry.isDirectory()) {
      return filesUnder(path);
    }
    return entry.isFile() && TEXT_EXTENSIONS.has(extname(path)) ? [path] : [];
  });
}

/** The same pattern, whose spaces also match a line break with the mark of a comment or quote on the next line. */
function acrossLines({ source, flags }: RegExp): RegExp {
  return new RegExp(
    source.replaceAll(/ (?!\?|\])/g, String.raw`(?:[ \t]+|[ \t]*\n[ \t]*(?:(?:\*|//|#|>)[ \t]*)?)`),
    `${flags}g`,
  );
}

const PATTERNS = REPLACEMENTS.map(({ old, use }) => ({ pattern: acrossLines(old), use }));

/** Old words in a text, as "PLACE:LINE: "WORD", use REPLACEMENT". */
function oldWordsIn(text: string, place: string): string[] {
  const checked = text.replaceAll(ADR_FILE, "");
  return PATTERNS.flatMap(({ pattern, use }) =>
    [...checked.matchAll(pattern)].map(({ 0: found, index }) => {
      const line = checked.slice(0, index).split("\n").length;
      return `${place}:${line}: "${found.replaceAll(/\s+/g, " ")}", use: ${use}`;
    }),
  );
}

test.each([
  ["a name", "const expectNothingToMend = 1;", ['f:1: "Mend", use: repair, recover (a node), fix']],
  ["a constant", "hint: MEND", ['f:1: "MEND", use: repair, recover (a node), fix']],
  ["the name of a file", "cloud-init/files/mend-node.sh", ['f:1: "mend", use: repair, recover (a node), fix']],
  ["a phrase across lines", "one\n * Tried once\n * more.", ['f:2: "once * more", use: again']],
  ["the state file", 'join(directory, "class-book.json")', []],
  ["a link to an ADR", "[ADR 21](adr/0021-up-mends-a-running-node.md)", []],
  ["a longer word", "recommends, amended, commend, emended", []],
])("finds old words in %s", (_, text, findings) => {
  expect(oldWordsIn(text, "f")).toEqual(findings);
});

test("no file uses a word that was replaced", () => {
  const files = filesUnder("");
  expect(files.length).toBeGreaterThan(500);
  const findings = files.flatMap((file) => {
    const found = [
      ...oldWordsIn(file, `name of ${file}`),
      ...oldWordsIn(readFileSync(join(REPOSITORY, file), "utf8"), file),
    ];
    return found;
  });
  expect(findings.join("\n")).toBe("");
});

test("the project's own words for the spelling check are sorted, each once", () => {
  const words = readFileSync(join(REPOSITORY, "tests/support/words.txt"), "utf8").trimEnd().split("\n");
  expect(words).toEqual([...new Set(words)].sort());
});
