import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openExistingStack, openStack } from "../../../../adapters/pulumi/open-stack";
import { withoutLogins } from "../../../../core/node-plugin";
import { contextFor, ENGINE, labErrorOf, recordedReporter, runtimeIn, temporaryFolder } from "../../cli/support";

/** A context for the stack "spring", whose file holds these lines. */
function springWith(settings: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "Pulumi.yaml"), "name: lab-nodes\nbackend:\n  url: file://./.lab/state?metadata=skip\n");
  writeFileSync(join(folder, "Pulumi.spring.yaml"), settings);
  return contextFor(runtimeIn(folder, environment), "spring", recordedReporter().reporter);
}

describe("openStack", () => {
  test("gives pulumi the user's environment with the variables that it needs", () => {
    const context = springWith("", { PATH: "/bin", PULUMI_HOME: "/elsewhere", PULUMI_CONFIG_PASSPHRASE: "given" });
    const { programDirectory } = context.runtime;
    const { stack, engine } = openStack(context, ENGINE);
    expect(engine).toBe(ENGINE);
    expect(stack).toEqual({
      name: "spring",
      directory: programDirectory,
      command: "/engine/pulumi",
      environment: {
        ...withoutLogins(programDirectory),
        PATH: "/bin",
        PULUMI_HOME: "/engine/home",
        PULUMI_BACKEND_URL: `file://${programDirectory}/.lab/state?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: "given",
        PULUMI_STACK: "spring",
      },
    });
  });

  test.each([[""], ["config:\n  lab-nodes:engine: air-gapped\n"]])("goes on with the kind that made it: %j", (text) => {
    expect(openStack(springWith(text), ENGINE).config.exists()).toBe(true);
  });

  test.each([
    ["official", ENGINE, "official"],
    ["air-gapped", { ...ENGINE, kind: "official" }, "airgapped"],
  ] as const)("refuses a stack of the %s engine for the other one, and says how to go on", (made, engine, request) => {
    const error = labErrorOf(() => openStack(springWith(`config:\n  lab-nodes:engine: ${made}\n`), engine));
    expect(error.message).toBe(
      `The lab "spring" was made with the ${made} engine, and this is the ${engine.kind} one.`,
    );
    expect(error.hint).toBe(
      `Run LAB_ENGINE=${request} ./lab ... to continue with it, or LAB_ENGINE=${request} ./lab down --stack spring to remove the lab before you create another one.`,
    );
  });
});

describe("openExistingStack", () => {
  test("refuses a stack that was never made before it looks for an engine", async () => {
    const context = { ...springWith(""), options: { stack: "autumn", json: false, verbose: false } };
    // An engine of this kind is none at all: looking for it would be another error.
    const runtime = { ...context.runtime, environment: { LAB_ENGINE: "nonsense" } };
    await expect(openExistingStack({ ...context, runtime })).rejects.toMatchObject({
      message: 'There is no lab "autumn" here.',
      hint: "Run ./lab up --stack autumn to create it, or add --stack NAME for another one.",
    });
  });
});
