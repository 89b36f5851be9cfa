import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseAddress } from "../../../../adapters/docker/connection/address";
import { SshConnection, sshArguments, sshFailure } from "../../../../adapters/docker/connection/ssh-connection";
import { candidateHosts, configure } from "../../../../airgap/plugins/docker/connection/configure";
import { Engine, EngineError, olderVersion } from "../../../../airgap/plugins/docker/connection/engine";

describe("parseAddress", () => {
  it.each([
    ["unix:///var/run/docker.sock", { kind: "unix", socketPath: "/var/run/docker.sock" }],
    ["tcp://10.0.0.1:2376", { kind: "tcp", host: "10.0.0.1", port: 2376 }],
    ["tcp://[::1]", { kind: "tcp", host: "::1", port: 2375 }],
    ["ssh://node", { kind: "ssh", host: "node" }],
    ["ssh://root@127.0.0.1:2201", { kind: "ssh", host: "127.0.0.1", user: "root", port: 2201 }],
    ["ssh://root@[::1]:22/run/d.sock", { kind: "ssh", host: "::1", user: "root", port: 22, socketPath: "/run/d.sock" }],
  ])("reads %s", (host, address) => {
    expect(parseAddress(host)).toEqual(address);
  });

  it.each([
    ["npipe:////./pipe/docker_engine", /named pipes are not implemented.*ssh:\/\/user@host:port/],
    ["/var/run/docker.sock", /not an address of a Docker Engine; write unix:/],
    ["ssh://", /not an address/],
    ["ssh://root:secret@node", /must not carry a password/],
    ["ssh://node?x=1", /nothing may follow/],
  ])("refuses %s", (host, message) => {
    expect(() => parseAddress(host)).toThrow(message);
  });

  it("does not repeat a password", () => {
    expect(() => parseAddress("ssh://root:secret@node")).not.toThrow(/secret/);
  });
});

describe("sshArguments", () => {
  it("puts the user's options first, since ssh takes the first value, and ends options before the host", () => {
    const address = { kind: "ssh", host: "127.0.0.1", user: "root", port: 2201 } as const;
    const line = sshArguments(address, ["-i", "key", "-o", "BatchMode=no"]).join(" ");
    expect(line).toBe(
      "-i key -o BatchMode=no -o ConnectTimeout=30 -o BatchMode=yes -T -l root -p 2201 -- 127.0.0.1 docker system dial-stdio",
    );
  });

  it("names the far side's socket when the address does", () => {
    const line = sshArguments({ kind: "ssh", host: "n", socketPath: "/run/d.sock" }, []).join(" ");
    expect(line).toMatch(/-- n docker --host unix:\/\/\/run\/d\.sock system dial-stdio$/);
  });
});

describe("sshFailure", () => {
  const address = { kind: "ssh", host: "node" } as const;

  it("tells ssh's own words, and what to check, by whose exit code it was", () => {
    const own = sshFailure(address, { code: 255, signal: null, standardError: "Permission denied\n" });
    expect(own.message).toMatch(/exit code 255; it said: Permission denied; check the address, the key/);
    const far = sshFailure(address, { code: 127, signal: null, standardError: "docker: not found" });
    expect(far.message).toMatch(/docker: not found; check that the docker command is installed there/);
  });
});

describe("SshConnection", () => {
  it("says what to install when there is no ssh", async () => {
    const connection = new SshConnection({ kind: "ssh", host: "node" }, spawn("/no/such/ssh"));
    const [failure] = await once(connection, "error");
    expect(String(failure)).toMatch(/cannot run ssh \(spawn .*ENOENT\); install the OpenSSH client/);
  });
});

describe("candidateHosts", () => {
  it("takes the argument before DOCKER_HOST, and that before the usual sockets", () => {
    expect(candidateHosts("tcp://a", { DOCKER_HOST: "tcp://b" })).toEqual(["tcp://a"]);
    expect(candidateHosts(undefined, { DOCKER_HOST: "tcp://b" })).toEqual(["tcp://b"]);
    expect(candidateHosts(undefined, {})[0]).toBe("unix:///var/run/docker.sock");
  });
});

it("compares API versions by number, not by letter", () => {
  expect(olderVersion("1.9", "1.41")).toBe("1.9");
  expect(olderVersion("1.52", "1.50")).toBe("1.50");
});

describe("Engine", () => {
  let folder: string;
  let server: Server | undefined;
  let answers: RequestListener;
  const requests: string[] = [];
  const signal = AbortSignal.timeout(10_000);
  const path = process.env.PATH;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "docker-plugin-"));
    requests.length = 0;
    answers = (_request, response) => response.end();
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      if (request.url === "/_ping") {
        response.setHeader("Api-Version", "1.41").end("OK");
      } else {
        answers(request, response);
      }
    });
    await new Promise<void>((resolve) => server?.listen(join(folder, "engine.sock"), resolve));
  });

  afterEach(() => {
    process.env.PATH = path;
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  const local = () => new Engine({ kind: "unix", socketPath: join(folder, "engine.sock") }, [], {});

  it("asks for the version once, and speaks the older one of the two sides'", async () => {
    const engine = local();
    await engine.call({ method: "GET", path: "/a", signal });
    await engine.call({ method: "GET", path: "/b", query: { name: "x y", hosts: ["1", "2"] }, signal });
    expect(requests).toEqual(["GET /_ping", "GET /v1.41/a", "GET /v1.41/b?name=x+y&hosts=1&hosts=2"]);
  });

  it("gives JSON answers, and nothing for empty ones", async () => {
    answers = (request, response) => {
      if (request.url?.endsWith("/json") === true) {
        response.setHeader("Content-Type", "application/json").end('{"Id":"1"}');
      } else {
        response.writeHead(204).end();
      }
    };
    expect(await local().call({ method: "GET", path: "/json", signal })).toEqual({ Id: "1" });
    expect(await local().call({ method: "POST", path: "/start", signal })).toBeUndefined();
  });

  it("turns a refusal into an EngineError with the Engine's own words", async () => {
    answers = (_request, response) => response.writeHead(409).end('{"message":"name is in use"}');
    const failure = await local()
      .call({ method: "POST", path: "/containers/create", body: {}, signal })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({ status: 409, message: "name is in use" });
  });

  it("tells why it stopped reading an answer", async () => {
    answers = (_request, response) => void response.write("begun");
    const abort = new AbortController();
    const answer = await local().stream({ method: "GET", path: "/endless", signal: abort.signal });
    const read = answer.toArray();
    abort.abort(new Error("cancelled by the engine"));
    await expect(read).rejects.toThrow("cancelled by the engine");
  });

  it("asks again after a failed ping", async () => {
    const engine = new Engine({ kind: "unix", socketPath: join(folder, "later.sock") }, [], {});
    await expect(engine.ping(signal)).rejects.toThrow(/ENOENT/);
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    await new Promise<void>((resolve) => server?.listen(join(folder, "later.sock"), resolve));
    expect(await engine.ping(signal)).toBe("1.41");
  });

  it("does not take an Engine for granted", async () => {
    await expect(configure({ host: `unix://${folder}/none.sock` }, {})).rejects.toThrow(
      /^failed to connect to any docker daemon: unix:.*none\.sock: .*ENOENT/,
    );
  });

  const fakeSsh = (script: string) => {
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "ssh"), 0o755);
    process.env.PATH = `${folder}:${path}`;
  };

  it("shows ssh's complaint when the login fails", async () => {
    fakeSsh('echo "Host key verification failed." >&2; exit 255');
    const configured = configure({ host: "ssh://root@node", sshOpts: [] }, {});
    await expect(configured).rejects.toThrow(/failed to connect.*ssh to node ended.*Host key verification failed/);
  });

  it("shows ssh's complaint also when the connection ends in the middle of an answer", async () => {
    fakeSsh(`
      await_request() { while IFS= read -r line && [ "$line" != "$(printf '\\r')" ]; do :; done; }
      await_request
      printf 'HTTP/1.1 200 OK\\r\\nApi-Version: 1.41\\r\\nContent-Length: 2\\r\\n\\r\\nOK'
      await_request
      printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nbegun'
      sleep 0.2
      echo 'Timeout, server node not responding.' >&2
      exit 255`);
    const engine = await configure({ host: "ssh://root@node", sshOpts: [] }, {});
    const answer = await engine.stream({ method: "POST", path: "/build", signal });
    await expect(answer.toArray()).rejects.toThrow(/ssh to node ended.*Timeout, server node not responding/);
  });

  /** An ssh that relays to the Engine, and keeps its words and its process id. */
  const relayingSsh = () => {
    const relay = `require("net").connect(process.argv[1]).on("data", (d) => process.stdout.write(d))`;
    const script = `const s = ${relay}; process.stdin.on("data", (d) => s.write(d)).on("end", () => process.exit(0))`;
    writeFileSync(
      join(folder, "relay.js"),
      script.replace("process.argv[1]", JSON.stringify(join(folder, "engine.sock"))),
    );
    fakeSsh(`echo "$$ $@" >> "${folder}/logins"; exec "${process.execPath}" "${folder}/relay.js"`);
    return () => readFileSync(join(folder, "logins"), "utf8").trim().split("\n");
  };

  it("uses one ssh connection for one request after the other", async () => {
    const logins = relayingSsh();
    const engine = await configure({ host: "ssh://root@node:2201", sshOpts: ["-i", "key"] }, {});
    await engine.call({ method: "GET", path: "/a", signal });
    await engine.call({ method: "GET", path: "/b", signal });
    expect(requests).toEqual(["GET /_ping", "GET /v1.41/a", "GET /v1.41/b"]);
    expect(logins()).toEqual([
      expect.stringMatching(/^\d+ -i key .*-l root -p 2201 -- node docker system dial-stdio$/),
    ]);
  });

  it("ends an ssh connection that nothing is asked of any more, and opens another one when it is", async () => {
    const logins = relayingSsh();
    const engine = await configure({ host: "ssh://root@node:2201", sshOpts: [] }, {});
    const first = Number(logins()[0]?.split(" ")[0]);
    expect(isRunning(first)).toBe(true);
    await vi.waitUntil(() => !isRunning(first), { timeout: 8000 });
    await engine.call({ method: "GET", path: "/a", signal });
    expect(requests).toEqual(["GET /_ping", "GET /v1.41/a"]);
    expect(logins()).toHaveLength(2);
  });
});

function isRunning(processId: number): boolean {
  return existsSync(`/proc/${processId}`);
}
