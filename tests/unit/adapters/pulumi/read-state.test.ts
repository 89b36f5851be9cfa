import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { ownBackendUrl, stackFiles } from "../../../../adapters/pulumi/environment";
import type { PulumiStack } from "../../../../adapters/pulumi/run";
import { readOwnState, readState } from "../../../../adapters/pulumi/state";
import { temporaryFolder } from "../../cli/support";

const RESOURCE = { urn: "urn:pulumi:dev::lab-nodes::some:index:Thing::one", type: "some:index:Thing" };
const ON_MACHINE = { ...RESOURCE, id: "id-1", replacementTrigger: "machine-1", created: "2026-11-28T18:00:00Z" };

/** A state as pulumi's file backend keeps it. */
const STATE_FILE = JSON.stringify({
  version: 3,
  checkpoint: { stack: "organization/lab-nodes/dev", latest: { manifest: {}, resources: [ON_MACHINE] } },
});

/** What the stand-in for pulumi answers, to be told from what stands in the file. */
const EXPORT = JSON.stringify({ version: 3, deployment: { resources: [{ ...RESOURCE, id: "asked of pulumi" }] } });

let stack: PulumiStack;

/** A stack in a clone's own state folder, and a pulumi that answers and says what it was asked. */
beforeEach(() => {
  const directory = temporaryFolder();
  const command = join(directory, "pulumi");
  writeFileSync(command, `#!/bin/sh\necho "$*" >> '${directory}/asked'\necho '${EXPORT}'\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(directory, "asked"), "");
  const environment = { PATH: "/usr/bin:/bin", PULUMI_BACKEND_URL: ownBackendUrl(join(directory, ".lab", "state")) };
  stack = { name: "dev", directory, command, environment };
});

function keep(text: string): void {
  const file = stackFiles(stack)?.state ?? expect.fail("the stack is in its clone's own folder");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const asked = () => readFileSync(join(stack.directory, "asked"), "utf8");

describe("a stack's state", () => {
  test("is read out of our own folder without pulumi", async () => {
    keep(STATE_FILE);
    expect(await readState(stack)).toEqual([
      {
        urn: RESOURCE.urn,
        type: RESOURCE.type,
        name: "one",
        id: "id-1",
        inputs: {},
        outputs: {},
        madeOn: "machine-1",
        created: "2026-11-28T18:00:00Z",
      },
    ]);
    expect(asked()).toBe("");
  });

  test("is empty where the stack has nothing yet", async () => {
    keep('{"version":3,"checkpoint":{"stack":"organization/lab-nodes/dev"}}');
    expect([await readState(stack), asked()]).toEqual([[], ""]);
  });

  test.each<[string, () => void]>([
    ["whose file is cut off", () => keep(STATE_FILE.slice(0, -30))],
    ["that has no file there", () => undefined],
    [
      "that is kept elsewhere",
      () => {
        keep(STATE_FILE);
        stack = { ...stack, environment: { ...stack.environment, PULUMI_BACKEND_URL: "file:///elsewhere" } };
      },
    ],
  ])("%s is asked of pulumi, which knows what to say", async (_, prepare) => {
    prepare();
    expect([readOwnState(stack), asked()]).toEqual([undefined, ""]);
    expect(await readState(stack)).toMatchObject([{ id: "asked of pulumi" }]);
    expect(asked()).toBe("stack export --stack dev --non-interactive\n");
  });
});
