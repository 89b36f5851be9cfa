import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { mkdtemp, readlink, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderService as calls, ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, CreateRequest, ReadRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../../adapters/files/own-machine";
import { type PluginHost as RunningHost, startPluginHost } from "../../../../adapters/pulumi/engine/plugin-host";
import { neededPlugins } from "../../../../adapters/pulumi/open-stack";
import { type Plugin, PluginHost } from "../../../../airgap/plugins/host/host";
import { installPlugins } from "../../../../airgap/plugins/install";
import { allowPort } from "../../../support/hermetic/sockets";
import { ask, type ServedProvider } from "./plugin-client";

const REPOSITORY = resolve(__dirname, "../../../..");

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "plugin host "));
  await installPlugins(home);
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function host(): Promise<RunningHost> {
  const started = await startPluginHost({ directory: REPOSITORY, environment: { ...process.env, PULUMI_HOME: home } });
  onTestFinished(() => started.stop());
  return started;
}

const versionNeeded = (name: string) =>
  neededPlugins(REPOSITORY, "local").find((needed) => needed.name === name)?.version;

const executableOf = (name: string) =>
  join(home, "plugins", `resource-${name}-v${versionNeeded(name)}`, `pulumi-resource-${name}`);

/** Where no engine is. */
const engineAddress = async () => `127.0.0.1:${await freePort()}`;

/** Starts a plugin as the engine does; `port` is what it prints. */
async function plugin(name: string, environment: Readonly<Record<string, string>>) {
  const launcher = spawn(executableOf(name), [await engineAddress()], { env: { ...process.env, ...environment } });
  onTestFinished(() => void launcher.kill("SIGKILL"));
  const complaint = text(launcher.stderr);
  const [line] = (await once(launcher.stdout, "data")) as [Buffer];
  const port = Number(line.toString().trim());
  allowPort(port);
  return { launcher, complaint, port };
}

/** The program that a process runs by now. */
const isNode = async (child: ChildProcess) => (await readlink(`/proc/${child.pid}/exe`)) === process.execPath;

/** The provider behind a port, to be asked. */
function providerAt(port: number): ServedProvider {
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  return { client, lines: [], close: async () => client.close() };
}

const versionOf = async (port: number) => (await ask(providerAt(port), calls.getPluginInfo, new Empty())).getVersion();

const isListening = (port: number) =>
  new Promise<boolean>((answer) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      answer(true);
    }).on("error", () => answer(false));
  });

const isRunning = (processId: number) => {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
};

describe("a plugin with a host", { timeout: 20_000 }, () => {
  it.each(["cloudinit", "command", "docker", "tls"])(
    "%s is served by it, without a Node.js of its own",
    async (name) => {
      const { environment } = await host();
      const { launcher, port } = await plugin(name, environment);
      expect(await versionOf(port)).toBe(versionNeeded(name));
      expect(await isNode(launcher)).toBe(false);
    },
  );

  it("has a configuration of its own each time it is started", async () => {
    const { environment } = await host();
    const [first, second] = await Promise.all([plugin("docker", environment), plugin("docker", environment)]);
    expect(first.port).not.toBe(second.port);
    const unchecked = Struct.fromJavaScript({ host: "unix:///no/such.sock", disableDockerDaemonCheck: "true" });
    await ask(providerAt(first.port), calls.configure, new ConfigureRequest().setArgs(unchecked));
    const read = new ReadRequest().setUrn("urn:pulumi:s::p::docker:index/volume:Volume::n").setId("n");
    await expect(ask(providerAt(first.port), calls.read, read)).rejects.toThrow("/no/such.sock");
    await expect(ask(providerAt(second.port), calls.read, read)).rejects.toThrow("has no connection yet");
  });

  it("has the Docker config of its own launcher, with others beside it in the same process", async () => {
    const { environment } = await host();
    const engine = await listeningEngine();
    const configs = ["one of these", "two"].map((name) => {
      const folder = mkdtempSync(join(home, `${name}-`));
      const auth = Buffer.from(`${name}:secret`).toString("base64");
      writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { "registry.example": { auth } } }));
      return folder;
    });
    const none = { DOCKER_CONFIG: home, DOCKER_AUTH_CONFIG: "" };
    for (const more of [...configs.map((DOCKER_CONFIG) => ({ DOCKER_CONFIG })), none]) {
      const { port } = await plugin("docker", { ...environment, ...more });
      const provider = providerAt(port);
      const args = Struct.fromJavaScript({ host: engine.host, disableDockerDaemonCheck: "true" });
      await ask(provider, calls.configure, new ConfigureRequest().setArgs(args));
      const build = { context: "images/node", dockerfile: "images/node/Dockerfile" };
      const image = Struct.fromJavaScript({ imageName: "a:1", skipPush: true, build });
      const urn = "urn:pulumi:s::p::docker:index/image:Image::n";
      await ask(provider, calls.create, new CreateRequest().setUrn(urn).setProperties(image));
    }
    const names = engine.sent.map((logins) => /"username":"([^"]*)"/.exec(logins)?.[1] ?? "nobody");
    expect(names).toEqual(["one of these", "two", "nobody"]);
  });

  it("ends its instance, and no other, when the engine stops it", async () => {
    const { environment } = await host();
    const [tls, command] = await Promise.all([plugin("tls", environment), plugin("command", environment)]);
    tls.launcher.kill("SIGINT");
    expect(await once(tls.launcher, "exit")).toEqual([null, "SIGINT"]);
    await expect.poll(() => isListening(tls.port)).toBe(false);
    expect(await versionOf(command.port)).toBe("1.2.1");
  });

  it("says that its host is gone, and fails, when that is killed", async () => {
    const { environment, processId = 0 } = await host();
    const { launcher, complaint } = await plugin("tls", environment);
    process.kill(processId, "SIGKILL");
    expect(await once(launcher, "exit")).toEqual([1, null]);
    expect(await complaint).toMatch(/the air-gapped plugin resource-tls-v\S+ is gone/);
  });

  it.each([
    ["there is no host", async () => ({})],
    ["the host is gone", async () => ({ LAB_PLUGIN_HOST: `${await freePort()} token` })],
    ["the setting is nonsense", async () => ({ LAB_PLUGIN_HOST: "nonsense" })],
  ])("serves itself when %s", async (_, environment) => {
    const { launcher, port } = await plugin("tls", await environment());
    expect(await isNode(launcher)).toBe(true);
    expect(await versionOf(port)).toBe("5.6.1");
  });

  it("serves itself when the host does not take its token", async () => {
    const { environment } = await host();
    const [port] = environment["LAB_PLUGIN_HOST"]?.split(" ") ?? [];
    const { launcher } = await plugin("tls", { LAB_PLUGIN_HOST: `${port} another-token` });
    expect(await isNode(launcher)).toBe(true);
  });
});

describe("a host", { timeout: 20_000 }, () => {
  it("leaves when it is stopped", async () => {
    const { processId = 0, stop } = await host();
    expect(isRunning(processId)).toBe(true);
    await stop();
    expect(isRunning(processId)).toBe(false);
  });

  it("leaves when lab was killed, once no engine uses it", async () => {
    const lab = await killableLab();
    const { launcher, port } = await plugin("tls", lab.environment);
    lab.process.kill("SIGKILL");
    await once(lab.process, "exit");
    expect(await versionOf(port)).toBe("5.6.1");
    launcher.kill("SIGINT");
    await expect.poll(() => isRunning(lab.host), { timeout: 5_000 }).toBe(false);
  });

  it("leaves, and its plugins with it, when lab and the engine were killed", async () => {
    const lab = await killableLab();
    const engine = spawn("bash", ["-c", `'${executableOf("tls")}' ${await engineAddress()} & echo $! && wait`], {
      env: { ...process.env, ...lab.environment },
    });
    const lines = await untilLines(engine, 2);
    const launcher = Number(lines.find((line) => isRunning(Number(line))));
    lab.process.kill("SIGKILL");
    engine.kill("SIGKILL");
    await expect.poll(() => [lab.host, launcher].filter(isRunning), { timeout: 8_000 }).toEqual([]);
  });

  it("tells every launcher of a defect", async () => {
    const server = createServer();
    const stopped: string[] = [];
    const fake = (name: string): Plugin => ({
      name,
      start: async () => ({ port: 1, stop: async () => void stopped.push(name) }),
    });
    const served = new PluginHost([fake("resource-a-v1"), fake("resource-b-v1")], "token");
    served.listen(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const answers = ["resource-a-v1", "resource-b-v1"].map((name) => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.write(`token ${name} ${process.pid}\0\0`);
      return { answered: once(socket, "data"), whole: text(socket) };
    });
    await Promise.all(answers.map(({ answered }) => answered));
    await served.fail(new Error("a defect"));
    const [a, b] = await Promise.all(answers.map(({ whole }) => whole));
    expect(a).toContain("the air-gapped plugin resource-a-v1 stopped: Error: a defect");
    expect(b).toContain("the air-gapped plugin resource-b-v1 stopped: Error: a defect");
    await expect.poll(() => stopped.sort()).toEqual(["resource-a-v1", "resource-b-v1"]);
  });
});

describe("a request to a host", () => {
  /** What a host answers to somebody who sends `sent`, and nothing more. */
  async function answerTo(sent: string): Promise<string> {
    const server = createServer();
    new PluginHost([], "token", 0.2).listen(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(sent);
    return await text(socket);
  }

  it.each([
    ["does not end", "token resource-a-v1", "no request within 0.2 s\n"],
    ["is too large", "a".repeat(100_001), "the request is larger than 100 KB\n"],
  ])("that %s is refused with the reason", async (_, sent, answer) => {
    expect(await answerTo(sent)).toBe(answer);
  });
});

/** A Docker Engine that builds nothing, and remembers the logins that it was sent. */
async function listeningEngine(): Promise<{ readonly host: string; readonly sent: string[] }> {
  const sent: string[] = [];
  const server = createHttpServer((request, response) => {
    if (request.method === "POST") {
      sent.push(Buffer.from(String(request.headers["x-registry-config"]), "base64url").toString());
    }
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(request.method === "POST" ? "" : JSON.stringify({ Id: "1" }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}

/** A process like `lab` that has a host and may be killed. */
async function killableLab() {
  const script = `
    const { startPluginHost } = require("./adapters/pulumi/engine/plugin-host.ts");
    startPluginHost({ directory: ".", environment: process.env }).then(({ environment, processId }) => {
      console.log(JSON.stringify({ environment, host: processId }));
      setInterval(() => {}, 1000);
    });`;
  const lab = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", script], {
    cwd: REPOSITORY,
    env: { ...process.env, PULUMI_HOME: home },
  });
  onTestFinished(() => void lab.kill("SIGKILL"));
  const [line = ""] = await untilLines(lab, 1);
  return { process: lab, ...(JSON.parse(line) as { environment: Record<string, string>; host: number }) };
}

/** The first lines that a process prints. */
async function untilLines(child: ChildProcessWithoutNullStreams, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === count) {
      break;
    }
  }
  return lines;
}
