import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, leftoversOf, nodesOf, onNode, stateOf } from "../support/lab-facts";
import { imageNames, logsOf, startRegistry } from "../support/registries";

const SEATS = ["seat01", "seat02"];
const NO_CHANGES = ["up", "--yes", "--skip-preview", "--expect-no-changes"];

/** One class through all that a delivery by registry has to stand. */
describe("a class of two seats whose images come through its own registry", () => {
  let lab: LabClone;
  let port: number;
  const registry = () => `lab-${lab.stack}-registry`;

  beforeAll(async () => {
    lab = await makeLabClone();
    port = lab.sshPort + 4;
    const images = `config:\n  lab-nodes:images:\n    delivery: registry\n    registryPort: ${port}\n`;
    writeFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), images);
    expectSuccess(await lab.lab("up", "--seats", "2", "--ssh-port", String(lab.sshPort), "--no-verify"));
  });
  afterAll(() => lab.remove());

  test("has every image on every node, under the lesson's names alone", async () => {
    for (const seat of SEATS) {
      expect(await onNode(lab, seat, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
      const names = await onNode(lab, seat, "docker", "images", "--format", "{{.Repository}}:{{.Tag}}");
      expect(names).not.toContain("127.0.0.1");
      expect(names.split("\n")).toEqual(expect.arrayContaining(["figlet:latest", "hello:v0.1", "hello:v0.2"]));
    }
    const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
    const images = ["figlet:latest", "hello:v0.1", "hello:v0.2"];
    expect(seats).toMatchObject(SEATS.map((seat) => ({ seat, state: "ready", images })));
  });

  test("has no plugin process for a seat, and nothing to do at a second `up`, also after a refresh", async () => {
    const providers = (await stateOf(lab)).filter(({ type }) => type === "pulumi:providers:docker");
    expect(providers.map(({ name }) => name).sort()).toEqual(["lab-engine", "lab-images-engine"]);
    expectSuccess(await lab.pulumi(...NO_CHANGES));
    expectSuccess(await lab.pulumi(...NO_CHANGES, "--refresh"));
  });

  test("performs the lesson", async () => {
    expectSuccess(await lab.lab("verify", "--seat", "seat01"));
  });

  test("pulls an image that has changed, on the same machines", async () => {
    const nodes = await nodesOf(lab);
    for (const folder of ["images", "images/debian"]) {
      appendFileSync(join(lab.directory, folder, "hello/v0.2/index.js"), 'console.log("and changed");\n');
    }
    expectSuccess(await lab.lab("up", "--no-verify"));
    for (const seat of SEATS) {
      expect(await onNode(lab, seat, "docker", "run", "--rm", "hello:v0.2")).toContain("and changed");
    }
    expect(await nodesOf(lab)).toEqual(nodes);
  });

  test("pulls images again that were removed on a node, on that one alone", async () => {
    await onNode(lab, "seat02", "docker image rm -f hello:v0.2 figlet:latest");
    const { drift, summary } = JSON.parse(expectSuccess(await lab.lab("up", "--no-verify", "--json")).stdout);
    expect(drift.map(({ seat }: { seat: string }) => seat)).toEqual(["seat02"]);
    expect(drift[0].drift.map(({ image, kind }: Record<string, string>) => `${image} ${kind}`).sort()).toEqual([
      "figlet:latest removed",
      "hello:v0.2 removed",
    ]);
    expect(summary.replaced).toBe(1);
    expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("and changed");
  });

  test("fills a registry that was lost, and a node that was lost pulls from it, in one `up`", async () => {
    const node = `lab-${lab.stack}-seat02-node1`;
    for (const name of [registry(), node]) {
      await lab.docker.getContainer(name).remove({ force: true, v: true });
    }
    await lab.docker.getVolume(`${node}-docker-data`).remove();
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onNode(lab, "seat02", "docker", "run", "--rm", "hello:v0.2")).toContain("and changed");
    expectSuccess(await lab.pulumi(...NO_CHANGES));
  });

  test("with a mirror of the class's own, what one node has pulled from Docker Hub is not taken from there for the other", async () => {
    const { Config } = await lab.docker.getContainer(registry()).inspect();
    // Stands in for Docker Hub, which is not to be had here.
    const upstream = await startRegistry(lab, Config.Image, { REGISTRY_LOG_ACCESSLOG_DISABLED: "false" });
    const name = `${upstream.address}/library/probe`;
    // Something that no node has a layer or a description of.
    await lab.docker.getImage(Config.Image).tag({ repo: name, tag: "1" });
    await push(lab, `${name}:1`);
    await lab.docker.getImage(`${name}:1`).remove();

    const settings = { mirror: "class", mirrorOf: upstream.url, mirrorPort: lab.sshPort + 3 };
    for (const [setting, value] of Object.entries(settings)) {
      expectSuccess(await lab.pulumi("config", "set", "--path", `images.${setting}`, String(value)));
    }
    expectSuccess(await lab.lab("up", "--no-verify"));
    await pullProbe(lab, "seat01");
    const once = await settledPulls(lab, upstream.containerId);
    expect(once.join("\n")).toMatch(/manifests.*\n.*blobs/s);
    await pullProbe(lab, "seat02");
    expect(await settledPulls(lab, upstream.containerId)).toEqual(once);
    await lab.docker.getContainer(upstream.containerId).remove({ force: true });
  });

  test("`lab down` leaves neither registry nor mirror nor image names", async () => {
    expect(await imageNames(lab, `127.0.0.1:${port}/`)).not.toEqual([]);
    expectSuccess(await lab.lab("down"));
    expect(await leftoversOf(lab)).toEqual([]);
    expect(await imageNames(lab, `127.0.0.1:${port}/`)).toEqual([]);
  });
});

/** What was taken from a registry so far. A mirror fills its own store while it answers, and may be at it for a while. */
async function settledPulls(lab: LabClone, containerId: string): Promise<string[]> {
  const pulls = async () => (await logsOf(lab, containerId)).match(/"GET \/v2\/library\/probe\/\S+/g) ?? [];
  let before = await pulls();
  for (let tries = 24; tries > 0; tries--) {
    await sleep(5000);
    const now = await pulls();
    if (now.length === before.length) {
      return now;
    }
    before = now;
  }
  throw new Error(`the mirror still pulls:\n${before.join("\n")}`);
}

/** Pulls by way of the mirror. Without it Docker Hub is asked in vain, for as long as anybody waits. */
async function pullProbe(lab: LabClone, seat: string): Promise<void> {
  const { exitCode, stdout, stderr } = await lab.lab("ssh", seat, "timeout", "120", "docker", "pull", "probe:1");
  const mirror = exitCode === 0 ? "" : await logsOf(lab, `lab-${lab.stack}-mirror`);
  expect(exitCode, `${stdout}\n${stderr}\n${mirror}`).toBe(0);
}

async function push({ docker }: LabClone, name: string): Promise<void> {
  const progress = await docker.getImage(name).push({ authconfig: { username: "", password: "", serveraddress: "" } });
  const said = await new Promise<{ readonly error?: string }[]>((resolve, reject) => {
    docker.modem.followProgress(progress, (error, events) => (error === null ? resolve(events) : reject(error)));
  });
  expect(said.filter(({ error }) => error !== undefined)).toEqual([]);
}
