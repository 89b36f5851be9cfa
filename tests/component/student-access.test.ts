import { describe, expect, test } from "vitest";
import { derivePassword } from "../../core/passwords";
import { awsClass, awsConfig } from "../support/aws-class";
import { findResource, MODES, type Mode, type RecordedResource, userDataOf } from "../support/mocks";

/** The signature by which Pulumi marks a secret on the wire. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const NODES = ["seat01-node1", "seat02-node1", "seat03-node1"];

async function classOfThree(mode: Mode, password: "generated" | "none"): Promise<RecordedResource[]> {
  const { resources, refusal } = await awsClass(mode, awsConfig({ seats: 3, access: { password } }));
  expect(refusal).toBeUndefined();
  return resources;
}

function inputsOf(resources: readonly RecordedResource[], name: string): Readonly<Record<string, unknown>> {
  const found = resources.filter((resource) => resource.name === name);
  expect(found, `resources called ${name}`).toHaveLength(1);
  return found[0]?.inputs ?? {};
}

/** What a secret input says; fails the test for one that is not marked as secret. */
function secretOf(value: unknown): unknown {
  expect(Object.values(value as object), "marked as secret").toContain(SECRET);
  return (value as { value: unknown }).value;
}

/** Passwords as the mocks' keys give them. */
const PASSWORDS = NODES.map((node) => derivePassword(`private-of-${node}-student-key in PEM\n`));

describe("each seat", () => {
  test("gets the password of its own key, as a secret on standard input", async () => {
    const resources = await classOfThree("update", "generated");
    const given = NODES.map((node) => secretOf(inputsOf(resources, `${node}-student-password`)["stdin"]));
    expect(given).toEqual(PASSWORDS);
    expect(new Set(given).size).toBe(3);
  });

  test("lets in its own student's key, nobody else's, and for root the operator's alone", async () => {
    const resources = await classOfThree("update", "generated");
    for (const node of NODES) {
      const parts = userDataOf(findResource(resources, `aws:ec2/instance:Instance ${node}`));
      const keys = [...parts.matchAll(/public-of-([\w-]+)-key/g)].map(([, name]) => name).sort();
      // The operator's for root and for student; the host's own public half stands there too.
      expect(keys).toEqual(["lab-access-client", "lab-access-client", `${node}-host`, `${node}-student`]);
    }
  });
});

test.each(["generated", "none"] as const)("with %s no password is anywhere but in that secret", async (password) => {
  const resources = await classOfThree("update", password);
  const carriers = resources
    .filter(({ inputs }) => PASSWORDS.some((text) => JSON.stringify(inputs).includes(text)))
    .map(({ name }) => name);
  expect(carriers.sort()).toEqual(password === "none" ? [] : NODES.map((node) => `${node}-student-password`));
});

test("a student's private key is no input of anything", async () => {
  const resources = await classOfThree("update", "generated");
  const carriers = resources.filter(({ inputs }) => /private-of-[\w-]+-student-key/.test(JSON.stringify(inputs)));
  expect(carriers).toEqual([]);
});

test("without passwords each node is told so, and is made of the same resources", async () => {
  const [some, none] = [await classOfThree("update", "generated"), await classOfThree("update", "none")];
  expect(NODES.map((node) => secretOf(inputsOf(none, `${node}-student-password`)["stdin"]))).toEqual(["", "", ""]);
  const names = (resources: readonly RecordedResource[]) => resources.map(({ name }) => name).sort();
  expect(names(none)).toEqual(names(some));
  for (const node of NODES) {
    const machines = [none, some].map((resources) =>
      userDataOf(findResource(resources, `aws:ec2/instance:Instance ${node}`)),
    );
    expect(machines[0]).toEqual(machines[1]);
  }
});

describe.each(MODES)("in %s mode", (mode) => {
  test("images and password do not wait for each other", async () => {
    const resources = await classOfThree(mode, "generated");
    for (const { name, options } of resources) {
      const dependencies = options.dependencies.join(" ");
      if (name.endsWith("-student-password")) {
        expect(dependencies).toMatch(/-ready\b/);
        expect(dependencies).not.toMatch(/figlet|hello|base-images/);
      } else {
        expect(dependencies, `what ${name} waits for`).not.toMatch(/student-password/);
      }
    }
  });
});
