import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DockerEngine, parseInfo } from "../../../adapters/docker/engine";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { saveLocalBake } from "../../../cli/workflows/bake/local/bake-store";
import { readBakeInputs } from "../../../components/machines/local/bake-inputs";
import { checkBake } from "../../../components/machines/local/bakes";
import { parseConfig } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { bakeIdentity } from "../../../core/bake";
import { engineDouble } from "../adapters/docker/engine-double";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder } from "./support";

const HOST = { KernelVersion: "6.1", MemTotal: 8e9, NCPU: 4 };
const OLD = "0123456789ab";

function configWith(bake: string | undefined): LabConfig {
  const parsed = parseConfig(bake === undefined ? {} : { local: { bake } });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  return parsed.config;
}

/** An Engine with bakes, hash -> machine hash, and containers of the stack. */
async function engineWith(bakes: Record<string, string>, containers: readonly object[] = []): Promise<DockerEngine> {
  const images = Object.entries(bakes).map(([hash, machine]) => [
    `/images/lab-nodes-bake:${hash}/json`,
    { Config: { Labels: { "lab-nodes.bake.machine": machine } } },
  ]);
  const { host } = await engineDouble({ "/containers/json": containers, ...Object.fromEntries(images) });
  return parseInfo(host, { ServerVersion: "28", OSType: "linux", Architecture: "x86_64", DockerRootDir: "/", ...HOST });
}

async function currentIdentity() {
  return bakeIdentity(await readBakeInputs(configWith(undefined), await engineWith({})));
}

describe("saveLocalBake", () => {
  async function keep(kept: string | undefined, engine: DockerEngine, engines = [engine]) {
    const folder = temporaryFolder();
    const file = join(folder, "Pulumi.dev.yaml");
    writeFileSync(file, kept === undefined ? "config: {}\n" : `config:\n  lab-nodes:local:\n    bake: "${kept}"\n`);
    const before = readFileSync(file, "utf8");
    const { reporter, said } = recordedReporter();
    const config = new StackConfig(folder, "dev");
    await saveLocalBake(contextFor(runtimeIn(folder), "dev", reporter), config, engine, engines);
    const isUntouched = readFileSync(file, "utf8") === before;
    return { bake: (config.read()["local"] as { bake?: string } | undefined)?.bake, said, isUntouched };
  }

  test("writes the bake that fits into the settings of a class without machines", async () => {
    const { hash } = await currentIdentity();
    const engine = await engineWith({ [hash]: "x" });
    expect(await keep(undefined, engine)).toMatchObject({ bake: hash, said: [expect.stringContaining(hash)] });
    expect(await keep(OLD, engine)).toMatchObject({ bake: hash });
    expect(await keep(hash, engine)).toMatchObject({ bake: hash, isUntouched: true });
  });

  test("leaves a class that has machines as it is, baked or not", async () => {
    const { hash } = await currentIdentity();
    const engine = await engineWith({ [hash]: "x" }, [{ Image: "lab-nodes/node:1" }]);
    expect(await keep(undefined, engine)).toEqual({ bake: undefined, said: [], isUntouched: true });
    expect(await keep(OLD, engine)).toMatchObject({ bake: OLD, isUntouched: true });
  });

  test("forgets a bake that does not fit any more, and says so", async () => {
    const { bake, said } = await keep(OLD, await engineWith({ [OLD]: "x" }));
    expect([bake, said]).toEqual([undefined, [expect.stringContaining(`the bake ${OLD} does not fit any more`)]]);
  });

  test("takes no bake of a cgroup v1 Engine where a host of the class has v2", async () => {
    const { hash } = await currentIdentity();
    const made = { Labels: {}, Volumes: { "/sys/fs/cgroup": {} } };
    const { host } = await engineDouble({
      [`/images/lab-nodes-bake:${hash}/json`]: { Config: made },
      "/containers/json": [],
    });
    const here: DockerEngine = { ...(await engineWith({})), host, cgroupVersion: 1 };
    expect(await keep(undefined, here)).toMatchObject({ bake: hash });
    const far: DockerEngine = { ...(await engineWith({})), cgroupVersion: 2 };
    expect(await keep(hash, here, [here, far])).toMatchObject({
      bake: undefined,
      said: [expect.stringContaining(`the bake ${hash} was made on cgroup v1 and does not boot on v2`)],
    });
  });

  test("says nothing where there are no bakes", async () => {
    expect(await keep(undefined, await engineWith({}))).toEqual({ bake: undefined, said: [], isUntouched: true });
  });

  test("leaves out every bake where the user wants none", async () => {
    const { hash } = await currentIdentity();
    expect(await keep("none", await engineWith({ [hash]: "x" }))).toMatchObject({ bake: "none", isUntouched: true });
  });
});

describe("checkBake", () => {
  test("wants no bake that is not in the settings, and none by choice", async () => {
    const engine = await engineWith({});
    expect(await checkBake("dev", configWith(undefined), engine)).toBeUndefined();
    expect(await checkBake("dev", configWith("none"), engine)).toBeUndefined();
  });

  test("takes the bake that fits, and refuses one that is gone or out of date", async () => {
    const { hash, machineHash } = await currentIdentity();
    const engine = await engineWith({ [hash]: machineHash, [OLD]: machineHash });
    expect(await checkBake("dev", configWith(hash), engine)).toEqual({
      image: `lab-nodes-bake:${hash}`,
      choice: "fits",
    });
    expect(await checkBake("dev", configWith(OLD), engine)).toMatchObject({ choice: { unfit: expect.any(String) } });
    expect(await checkBake("dev", configWith("ffffffffffff"), engine)).toMatchObject({
      choice: { unfit: "the Docker Engine has no bake ffffffffffff" },
    });
  });

  test("keeps the bake of machines that run on it, as long as they would be made alike", async () => {
    const { machineHash } = await currentIdentity();
    const onIt = [{ Image: `lab-nodes-bake:${OLD}` }];
    const choiceOf = async (machine: string, containers: readonly object[]) =>
      (await checkBake("dev", configWith(OLD), await engineWith({ [OLD]: machine }, containers)))?.choice;
    expect(await choiceOf(machineHash, onIt)).toBe("fits");
    expect(await choiceOf("another", onIt)).not.toBe("fits");
    // Plain nodes of a class whose bake had been out of date.
    expect(await choiceOf(machineHash, [{ Image: "lab-nodes/node:1" }])).not.toBe("fits");
  });
});
