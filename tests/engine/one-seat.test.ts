import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { DESTROY_LIMIT, expectSuccess, leftoversOf, onlyNode, onNode, stateOf } from "../support/lab-facts";

const FIGLET_SAYS_HELLO_DOCKER = [
  " _          _ _             _            _             ",
  "| |__   ___| | | ___     __| | ___   ___| | _____ _ __ ",
  "| '_ \\ / _ \\ | |/ _ \\   / _` |/ _ \\ / __| |/ / _ \\ '__|",
  "| | | |  __/ | | (_) | | (_| | (_) | (__|   <  __/ |   ",
  "|_| |_|\\___|_|_|\\___/   \\__,_|\\___/ \\___|_|\\_\\___|_|   ",
];

/** One lab of one seat, made by plain Pulumi and looked at from all sides, then destroyed while its node is stopped. */
describe("a lab of one seat", () => {
  let lab: LabClone;
  let previewed: string[];
  let made: CommandResult;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("preview", "--ssh-port", String(lab.sshPort)));
    previewed = createdUrns(expectSuccess(await lab.pulumi("preview", "--json")).stdout);
    made = await lab.pulumi("up", "--yes", "--skip-preview");
  });
  afterAll(() => lab.remove());

  test("plain `pulumi up` makes it, and `lab status` calls it ready", async () => {
    expectSuccess(made);
    const status = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
    expect(status).toMatchObject({
      stack: lab.stack,
      seats: [
        {
          seat: "seat01",
          node: "node1",
          state: "ready",
          ssh: { host: "127.0.0.1", port: lab.sshPort, user: "root" },
          ready: { hostname: "node1" },
          images: expect.arrayContaining(["figlet:latest", "hello:v0.1", "hello:v0.2"]),
        },
      ],
    });
  });

  test("the preview of the new stack listed exactly the resources that `up` made", async () => {
    const urns = (await stateOf(lab)).map(({ urn }) => urn).filter(isNoDefaultProvider);
    expect(previewed.sort()).toEqual(urns.sort());
  });

  test.for([
    "up --yes --skip-preview --expect-no-changes",
    "up --yes --skip-preview --expect-no-changes --refresh",
    "refresh --yes --skip-preview --expect-no-changes",
    "preview --expect-no-changes",
  ])("nothing changes the second time: pulumi %s", async (words) => {
    const before = await onlyNode(lab);
    expectSuccess(await lab.pulumi(...words.split(" ")));
    expect(await onlyNode(lab)).toEqual(before);
  });

  test.for(["up", "up --refresh"])("nothing changes the second time: lab %s", async (words) => {
    const before = await onlyNode(lab);
    const { summary } = JSON.parse(expectSuccess(await lab.lab(...words.split(" "), "--json")).stdout);
    const unchanged = (await stateOf(lab)).filter(({ urn }) => isNoDefaultProvider(urn)).length;
    expect(summary).toMatchObject({ created: 0, changed: 0, replaced: 0, deleted: 0, unchanged });
    expect(await onlyNode(lab)).toEqual(before);
  });

  test("an edit of a component is seen by the next plain `pulumi preview`, and gone when it is taken back", async () => {
    const file = join(lab.directory, "components/gated-machine.ts");
    const source = readFileSync(file, "utf8");
    expect(source).toContain("CLOUD_INIT_TIMEOUT_SECONDS = 900;");
    writeFileSync(file, source.replace("CLOUD_INIT_TIMEOUT_SECONDS = 900;", "CLOUD_INIT_TIMEOUT_SECONDS = 901;"));
    const { steps } = JSON.parse(expectSuccess(await lab.pulumi("preview", "--json")).stdout) as Steps;
    expect(steps.find(({ urn }) => urn.endsWith("::node1-ready"))?.op).toMatch(/update|replace/);
    writeFileSync(file, source);
    expectSuccess(await lab.pulumi("preview", "--expect-no-changes"));
  });

  test("figlet draws the lesson's banner", async () => {
    const drawn = (await onNode(lab, "docker", "run", "--rm", "figlet")).split("\n");
    expect(drawn.map((line) => line.trimEnd()).filter(Boolean)).toEqual(
      FIGLET_SAYS_HELLO_DOCKER.map((line) => line.trimEnd()),
    );
  });

  test("hello:v0.1 says which container it runs in, and v0.2 adds its version", async () => {
    const hello = async (version: string) =>
      (await onNode(lab, "docker", "run", "--name", `probe-${version}`, `hello:${version}`)).split("\n");
    const containerId = (version: string) =>
      onNode(lab, "docker", "inspect", "--format", "{{slice .Id 0 12}}", `probe-${version}`);
    expect(await hello("v0.1")).toEqual([`hello from ${await containerId("v0.1")}`]);
    expect(await hello("v0.2")).toEqual([`hello from ${await containerId("v0.2")}`, "this is v0.2"]);
  });

  test("hello:v0.1 and v0.2 share the base layer and the RUN layer, and part after them", async () => {
    const layers = async (image: string): Promise<string[]> =>
      JSON.parse(await onNode(lab, "docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image));
    const [base, first, second] = [
      await layers("debian:trixie"),
      await layers("hello:v0.1"),
      await layers("hello:v0.2"),
    ];
    expect(base).toHaveLength(1);
    expect(first[0]).toBe(base[0]);
    expect(second.slice(0, 2)).toEqual(first.slice(0, 2));
    expect(second[2]).not.toBe(first[2]);
  });

  test("the node runs without --privileged", async () => {
    const { HostConfig } = await lab.docker.getContainer((await onlyNode(lab)).id).inspect();
    expect(HostConfig.Privileged).toBe(false);
  });

  test("`pulumi destroy` with the node stopped leaves nothing, in seconds", async () => {
    await lab.docker.getContainer((await onlyNode(lab)).id).stop({ t: 2 });
    const started = Date.now();
    expectSuccess(await lab.pulumi("destroy", "--yes", "--skip-preview"));
    expect(Date.now() - started).toBeLessThan(DESTROY_LIMIT);
    expect(await leftoversOf(lab)).toEqual([]);
    expect(readFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), "utf8")).toContain("encryptionsalt");
  });
});

/** A preview in JSON. */
interface Steps {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

/** What a preview in JSON says it would make. */
function createdUrns(json: string): string[] {
  const { steps } = JSON.parse(json) as Steps;
  expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
  return steps.map(({ urn }) => urn).filter(isNoDefaultProvider);
}

/** The engine makes these by itself, and a preview does not count them. */
function isNoDefaultProvider(urn: string): boolean {
  return !/::pulumi:providers:\w+::default_/.test(urn);
}
