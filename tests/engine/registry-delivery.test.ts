import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
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
    const ports = `    registryPort: ${port}\n    registryPullPort: ${lab.sshPort + 2}\n`;
    const images = `config:\n  lab-nodes:images:\n    delivery: registry\n${ports}`;
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

  test("takes pushes from this machine alone: a node reaches neither port of the registry in the Engine's networks", async () => {
    const { NetworkSettings } = await lab.docker.getContainer(registry()).inspect();
    const addresses = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
    expect(addresses).toHaveLength(1);
    const own = (await onNode(lab, "seat01", "hostname", "--all-ip-addresses")).split(/\s+/);
    const gateway = (await onNode(lab, "seat01", "ip", "route", "show", "default")).split(" ")[2];
    expect(gateway).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    for (const address of [...addresses, gateway]) {
      expect(own).not.toContain(address);
      for (const number of [5000, 5001, port, lab.sshPort + 2]) {
        const url = `http://${address}:${number}/v2/`;
        const answer = await lab.lab("ssh", "seat01", "curl", "--silent", "--max-time", "3", url);
        // 7: refused, 28: no answer.
        expect([7, 28], `${url}: ${answer.stdout}`).toContain(answer.exitCode);
      }
    }
  });

  test("lets a node pull, and not push, through the connection that it pulls by", async () => {
    const { interpreter, LAB_IMAGES } = await pullCommand(lab, "seat01");
    const reference = /^hello:v0\.2 (\S+)$/m.exec(LAB_IMAGES)?.[1] ?? "";
    const pushed = `127.0.0.1:${port}/hello:from-a-student`;
    const onSeat = async (command: string) => {
      const [program = "", ...words] = interpreter;
      const cwd = lab.directory;
      return execa(program, [...words, command], { cwd, reject: false, all: true, stdin: "ignore" });
    };
    expect(await onSeat(`docker pull --quiet ${reference}`)).toMatchObject({ exitCode: 0 });
    // A layer of the student's own, which the registry does not have.
    const build = "printf 'FROM hello:v0.2\\nRUN head -c 1000 /dev/urandom > /mine\\n' | docker build --tag";
    expect(await onSeat(`${build} ${pushed} -`)).toMatchObject({ exitCode: 0 });
    const { exitCode, all } = await onSeat(`docker push ${pushed}`);
    // Docker 20.10 and 28 say the status, 26 its words.
    expect([exitCode, all]).toEqual([1, expect.stringMatching(/405|method not allowed/i)]);
    const tags = await fetch(`http://127.0.0.1:${port}/v2/hello/tags/list`);
    expect(await tags.json()).toMatchObject({ tags: expect.not.arrayContaining(["from-a-student"]) });
    await onNode(lab, "seat01", `docker image rm --force ${pushed} ${reference}`);
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
    await expectNoPushToMirror(lab);
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

/** A node reaches the mirror by the Engine's address in its network, and by the mirror's own. */
async function expectNoPushToMirror(lab: LabClone): Promise<void> {
  const { NetworkSettings } = await lab.docker.getContainer(`lab-${lab.stack}-mirror`).inspect();
  const { Gateway = "", IPAddress = "" } = NetworkSettings.Networks["bridge"] ?? {};
  for (const address of [`${Gateway}:${lab.sshPort + 3}`, `${IPAddress}:5000`]) {
    const ask = (...words: string[]) =>
      onNode(lab, "seat01", "curl", "--silent", "--max-time", "20", "--write-out", "%{http_code}", ...words);
    expect(await ask(`http://${address}/v2/`)).toContain("200");
    const upload = await ask("--request", "POST", `http://${address}/v2/library/probe/blobs/uploads/`);
    expect(upload).toMatch(/UNSUPPORTED.*405$/s);
    const manifest = await ask("--request", "PUT", "--data", "{}", `http://${address}/v2/library/probe/manifests/mine`);
    expect(manifest).toMatch(/40[05]$/);
  }
}

/** The command by which a seat's images are pulled, as the state has it. */
async function pullCommand(lab: LabClone, seat: string) {
  const command = (await stateOf(lab)).find(({ name }) => name === `${seat}-node1-pulled-images`);
  return z
    .object({ interpreter: z.array(z.string()), environment: z.object({ LAB_IMAGES: z.string() }) })
    .transform(({ interpreter, environment }) => ({ interpreter, ...environment }))
    .parse(command?.inputs);
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
