import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineRequest, findPulumiEngine } from "../../../../adapters/pulumi/engine/find-engine";
import { PLUGINS, Sandbox } from "./find-engine-support";

const AWS = { name: "aws", version: "7.48.0" };
let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox();
});

afterEach(() => {
  sandbox.remove();
});

describe("the official engine on PATH", () => {
  it("is taken without a look at the network when its plugins are there", async () => {
    const command = sandbox.pulumi("bin");
    const engine = await findPulumiEngine(sandbox.options(), sandbox.sources);
    expect(engine).toEqual({
      kind: "official",
      version: "3.260.0",
      command,
      environment: {
        PATH: `${sandbox.path("bin")}:/usr/bin:/bin`,
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    expect(sandbox.probes).toEqual([]);
    expect(sandbox.reporter.lines).toEqual([`pulumi on PATH: ${command}, 3.260.0`, "engine: official, pulumi 3.260.0"]);
  });

  it("gets only the plugins that are missing", async () => {
    sandbox.pulumi("bin", "v3.260.0", PLUGINS.slice(0, 1));
    sandbox.reachable = ["get.pulumi.com"];
    await findPulumiEngine(sandbox.options(), sandbox.sources);
    const installs = sandbox.log.filter((line) => line.includes("plugin install"));
    expect(installs).toEqual(["bin/pulumi plugin install resource tls 5.6.1"]);
  });

  it("is left for the air-gapped one when plugins are missing and their host is out of reach", async () => {
    sandbox.pulumi("bin", "v3.260.0", []);
    sandbox.go();
    const engine = await findPulumiEngine(sandbox.options(), sandbox.sources);
    expect(engine.kind).toBe("air-gapped");
    expect(sandbox.probes).toEqual(["https://get.pulumi.com/"]);
  });

  it.each([
    ["an older version", "v3.258.9", "3.258.9; needed: 3.259.0 or newer"],
    ["another major version", "v4.0.0", "4.0.0; needed: 3.259.0 or newer"],
    ["no version at all", "what?", "does not print its version"],
  ])("is refused with %s, saying so", async (_, version, said) => {
    sandbox.pulumi("bin", version);
    sandbox.go();
    expect((await findPulumiEngine(sandbox.options(), sandbox.sources)).kind).toBe("air-gapped");
    expect(sandbox.reporter.lines.join("\n")).toContain(said);
  });

  it("is refused without a language host", async () => {
    sandbox.pulumi("bin");
    rmSync(sandbox.path("bin/pulumi-language-nodejs"));
    sandbox.go();
    expect((await findPulumiEngine(sandbox.options(), sandbox.sources)).kind).toBe("air-gapped");
    expect(sandbox.reporter.lines[0]).toContain("comes without pulumi-language-nodejs");
  });

  it("is not our own build, which an earlier `lab env` put in front of PATH", async () => {
    const ours = "cache/lab-nodes/toolchain/pulumi-0123";
    sandbox.pulumi(ours, "v3.259.0");
    const official = sandbox.pulumi("bin");
    const variables = {
      PATH: `${sandbox.path(ours)}:${sandbox.path("bin")}:/usr/bin:/bin`,
      PULUMI_HOME: sandbox.path("clone/.lab/pulumi-home"),
    };
    const engine = await findPulumiEngine(sandbox.options({}, variables), sandbox.sources);
    expect(engine).toMatchObject({ kind: "official", command: official });
    expect(engine.environment["PATH"]).toBe(`${sandbox.path("bin")}:/usr/bin:/bin`);
    expect(engine.environment["PULUMI_HOME"]).toMatch(/\/\.pulumi$/);
  });
});

describe("the official installer", () => {
  it("is used when nothing fits on PATH and its host answers, probed once", async () => {
    sandbox.reachable = ["get.pulumi.com"];
    sandbox.installer = () => sandbox.pulumi("cache/lab-nodes/pulumi/3.259.0/bin", "v3.259.0", []);
    const engine = await findPulumiEngine(sandbox.options(), sandbox.sources);
    expect(engine).toMatchObject({ kind: "official", version: "3.259.0" });
    expect(engine.command).toBe(sandbox.path("cache/lab-nodes/pulumi/3.259.0/bin/pulumi"));
    expect(sandbox.probes).toEqual(["https://get.pulumi.com/"]);
  });

  it("gives way to the air-gapped engine when it fails", async () => {
    sandbox.reachable = ["get.pulumi.com"];
    sandbox.installer = () => {
      throw new Error("disk full");
    };
    sandbox.go();
    expect((await findPulumiEngine(sandbox.options(), sandbox.sources)).kind).toBe("air-gapped");
  });
});

describe("a forced engine", () => {
  it("official: says why it is not available and what to run", async () => {
    sandbox.go();
    await expect(
      findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "official" }), sandbox.sources),
    ).rejects.toMatchObject({
      message: expect.stringContaining("installer's host is out of reach (no answer within 5 s)"),
      hint: expect.stringContaining("LAB_ENGINE=airgapped"),
    });
    expect(sandbox.log).toEqual([]);
  });

  it("official: lets Pulumi itself try for plugins, whatever the probe would say", async () => {
    sandbox.pulumi("bin", "v3.260.0", []);
    const engine = await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "official" }), sandbox.sources);
    expect(engine.kind).toBe("official");
    expect(sandbox.probes).toEqual([]);
  });

  it("airgapped: asks nobody, even with an official one on PATH", async () => {
    sandbox.pulumi("bin");
    sandbox.go();
    const engine = await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "airgapped" }), sandbox.sources);
    expect(engine.kind).toBe("air-gapped");
    expect(sandbox.probes).toEqual([]);
    expect(sandbox.log.filter((line) => line.startsWith("bin/pulumi "))).toEqual([]);
  });

  it("comes from LAB_ENGINE, and is left open without it", () => {
    expect(engineRequest({ LAB_ENGINE: "airgapped" })).toBe("airgapped");
    expect(engineRequest({ LAB_ENGINE: "official" })).toBe("official");
    expect(engineRequest({})).toBe("auto");
    expect(engineRequest({ LAB_ENGINE: "" })).toBe("auto");
    expect(() => engineRequest({ LAB_ENGINE: "offical" })).toThrow(
      'LAB_ENGINE is "offical"; allowed: auto, official, airgapped.',
    );
  });

  it("airgapped: refuses a plugin that we do not serve before it builds anything", async () => {
    sandbox.go();
    const options = sandbox.options({ plugins: [...PLUGINS, AWS] }, { LAB_ENGINE: "airgapped" });
    await expect(findPulumiEngine(options, sandbox.sources)).rejects.toMatchObject({
      message: expect.stringContaining("no plugin for aws 7.48.0"),
      exitCode: 2,
    });
    expect(sandbox.log).toEqual([]);
  });
});

describe("the remembered engine", () => {
  it("needs no probe and no program, and still brings newer air-gapped plugins", async () => {
    sandbox.go();
    const first = await findPulumiEngine(sandbox.options(), sandbox.sources);
    const [programs, probes] = [sandbox.log.length, sandbox.probes.length];
    expect(await findPulumiEngine(sandbox.options(), sandbox.sources)).toEqual(first);
    expect(sandbox.log).toHaveLength(programs);
    expect(sandbox.probes).toHaveLength(probes);
    expect(sandbox.pluginHomes).toHaveLength(2);
  });

  it("is the official one again, without a program started", async () => {
    sandbox.pulumi("bin");
    const first = await findPulumiEngine(sandbox.options(), sandbox.sources);
    const programs = sandbox.log.length;
    expect(await findPulumiEngine(sandbox.options(), sandbox.sources)).toEqual(first);
    expect(sandbox.log).toHaveLength(programs);
  });

  it.each<[string, (box: Sandbox) => void]>([
    ["its files are gone", (box) => box.program("bin/pulumi", "exit 1")],
    ["its language host is gone", (box) => rmSync(box.path("bin/pulumi-language-nodejs"))],
    ["a plugin is gone", (box) => rmSync(box.path("user-home"), { recursive: true })],
    ["its launcher is another", (box) => box.write("clone/airgap/language-host.sh", "#!/bin/sh\n# newer\n")],
    ["the record is damaged", (box) => box.write("clone/.lab/engine.json", "{")],
  ])("is looked for again when %s", async (_, change) => {
    sandbox.pulumi("bin");
    sandbox.go();
    sandbox.write("user-home/plugins/resource-tls-v5.6.1/plugin", "");
    await findPulumiEngine(sandbox.options(), sandbox.sources);
    change(sandbox);
    const lines = sandbox.reporter.lines.length;
    await findPulumiEngine(sandbox.options(), sandbox.sources);
    expect(sandbox.reporter.lines[lines]).toMatch(/^pulumi on PATH: /);
  });

  it("is looked for again when the request or the plugins change", async () => {
    sandbox.pulumi("bin", "v3.260.0", [...PLUGINS, AWS]);
    sandbox.go();
    await findPulumiEngine(sandbox.options(), sandbox.sources);
    const lines = sandbox.reporter.lines.length;
    await findPulumiEngine(sandbox.options({ plugins: [...PLUGINS, AWS] }), sandbox.sources);
    expect(sandbox.reporter.lines.length).toBeGreaterThan(lines);
    expect((await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "airgapped" }), sandbox.sources)).kind).toBe(
      "air-gapped",
    );
  });
});
