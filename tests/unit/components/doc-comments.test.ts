import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const COMPONENTS = join(__dirname, "../../../components");

/** Exported declarations without a doc comment, and such members of interfaces and classes that others can see. */
function undocumented(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const missing: string[] = [];
  const look = (node: ts.Node) => {
    if (ts.getJSDocCommentsAndTags(node).length === 0) {
      missing.push(`${file}: ${node.getText().split("\n")[0]}`);
    }
  };
  for (const statement of source.statements) {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
      look(statement);
      membersOf(statement).forEach(look);
    }
  }
  return missing;
}

function membersOf(statement: ts.Statement): readonly ts.Node[] {
  if (ts.isInterfaceDeclaration(statement)) {
    return statement.members;
  }
  // A component's constructor is told of by its class and its arguments.
  return ts.isClassDeclaration(statement)
    ? statement.members.filter(({ name }) => name !== undefined && !ts.isPrivateIdentifier(name))
    : [];
}

test("what is exported from components has a doc comment, every argument included", () => {
  const files = readdirSync(COMPONENTS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  expect(files).toContain("classroom.ts");
  const missing = files.flatMap((file) => undocumented(file, readFileSync(join(COMPONENTS, file), "utf8")));
  expect(missing).toEqual([]);
});

test("a declaration and an argument without one are found", () => {
  const text = [
    "export interface Args {",
    "  readonly seats: number;",
    "  /** Ports. */",
    "  readonly ports: string;",
    "}",
    "/** A class. */",
    "export class Some {",
    "  readonly name = 1;",
    "  #own = 2;",
    "  constructor() {}",
    "}",
    "function own() {}",
  ];
  expect(undocumented("some.ts", text.join("\n"))).toEqual([
    "some.ts: export interface Args {",
    "some.ts: readonly seats: number;",
    "some.ts: readonly name = 1;",
  ]);
});
