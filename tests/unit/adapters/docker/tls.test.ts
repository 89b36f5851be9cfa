import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { dockerClient, dockerHost, engineArguments } from "../../../../adapters/docker/client";
import { configure } from "../../../../airgap/plugins/docker/connection/configure";
import { UnusableEngineError } from "../../../../core/errors";
import { temporaryFolder } from "../../cli/support";

interface Pair {
  readonly cert: string;
  readonly private: string;
}

const pairFor = (name: string): Promise<Pair> =>
  generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    curve: "P-256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });

let [engine, client, other]: Pair[] = [];
beforeAll(async () => {
  [engine, client, other] = await Promise.all(["engine", "client", "other"].map(pairFor));
});

/** An Engine that answers those alone who have the client's certificate. Gives its address. */
async function tlsEngine(): Promise<string> {
  const tls = {
    cert: engine?.cert,
    key: engine?.private,
    ca: client?.cert,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(tls, (_, response) => response.end("OK"));
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A folder with the client's certificates, that trusts an Engine of this certificate. */
function certificates(ca = engine?.cert, folder = temporaryFolder()): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ca.pem"), ca ?? "");
  writeFileSync(join(folder, "cert.pem"), client?.cert ?? "");
  writeFileSync(join(folder, "key.pem"), client?.private ?? "");
  return folder;
}

/** The two that speak to an Engine: `lab` with the program, and the plugin. */
const CLIENTS: [string, (host: string, environment: NodeJS.ProcessEnv) => Promise<"answered">][] = [
  [
    "lab",
    async (host, environment) => {
      await dockerClient(host, environment).ping();
      return "answered";
    },
  ],
  [
    "the air-gapped plugin",
    async (host, environment) => {
      const connection = await configure({ host }, environment);
      connection.close();
      return "answered";
    },
  ],
];

describe.each(CLIENTS)("%s", (_, ping) => {
  it("speaks TLS with the certificates in DOCKER_CERT_PATH, or else in the client's config", async () => {
    const host = await tlsEngine();
    expect(await ping(host, { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates() })).toBe("answered");
    expect(await ping(host, { DOCKER_TLS_VERIFY: "yes", DOCKER_CONFIG: certificates() })).toBe("answered");
    const home = temporaryFolder();
    certificates(engine?.cert, join(home, ".docker"));
    expect(await ping(host, { DOCKER_TLS_VERIFY: "1", HOME: home })).toBe("answered");
  });

  it("does not take another Engine for the one that it trusts", async () => {
    const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certificates(other?.cert) };
    await expect(ping(await tlsEngine(), environment)).rejects.toThrow(/self-signed certificate|unable to verify/);
  });

  it.each(["ca.pem", "cert.pem", "key.pem"])("refuses without %s, and says where it has to be", async (name) => {
    const folder = certificates();
    rmSync(join(folder, name));
    const refused = ping("tcp://127.0.0.1:1", { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder });
    await expect(refused).rejects.toThrow(`Cannot read ${join(folder, name)} (ENOENT`);
    await expect(refused).rejects.toThrow("Run: export DOCKER_CERT_PATH=");
  });

  it.each(["DOCKER_CERT_PATH", "DOCKER_TLS"])("refuses %s alone: it would check nothing", async (name) => {
    const refused = ping("tcp://127.0.0.1:1", { [name]: "1" });
    await expect(refused).rejects.toThrow(`${name} is set and DOCKER_TLS_VERIFY is not`);
  });
});

it("has the program's providers use TLS as the docker client does, and for tcp:// alone", () => {
  const environment = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
  expect(engineArguments("tcp://far:2376", environment)).toEqual({ host: "tcp://far:2376", certPath: "/certs" });
  expect(engineArguments("tcp://far:2375", {})).toEqual({ host: "tcp://far:2375" });
  expect(engineArguments("unix:///run/docker.sock", environment)).toEqual({ host: "unix:///run/docker.sock" });
  expect(() => engineArguments("tcp://far:2376", { DOCKER_CERT_PATH: "/certs" })).toThrow(UnusableEngineError);
});

it("has a provider's certPath win over the environment", async () => {
  const connection = await configure({ host: await tlsEngine(), certPath: certificates() }, {});
  expect(connection.close()).toBeUndefined();
});

it("keeps to a socket that it is given, whatever DOCKER_HOST says", () => {
  process.env["DOCKER_HOST"] = "tcp://127.0.0.1:1";
  onTestFinished(() => {
    delete process.env["DOCKER_HOST"];
  });
  const { modem } = dockerClient("unix:///run/some.sock", {}) as unknown as { modem: Record<string, unknown> };
  expect([modem["socketPath"], modem["host"]]).toEqual(["/run/some.sock", ""]);
});

it("does not speak without TLS to the Engine of a context that has certificates", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "docker"), '#!/bin/sh\nprintf "tcp://far:2376\\n1\\n/certs/of/it\\n"\n', { mode: 0o755 });
  const environment = { PATH: `${folder}:/bin`, HOME: folder, DOCKER_CONTEXT: "far" };
  const refused = dockerHost(environment);
  await expect(refused).rejects.toThrow(UnusableEngineError);
  const remedy = "export DOCKER_HOST=tcp://far:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=/certs/of/it/docker";
  await expect(refused).rejects.toThrow(remedy);
});
