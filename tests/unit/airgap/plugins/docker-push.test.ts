import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Engine } from "../../../../airgap/plugins/docker/connection/engine";
import { credentialsKey, findLogin, parseReference } from "../../../../airgap/plugins/docker/image/logins";
import { pushImage } from "../../../../airgap/plugins/docker/image/push";
import { temporaryFolder } from "../../cli/support";
import { context } from "./docker-fake-engine";

describe("parseReference", () => {
  it.each([
    ["figlet", undefined, "figlet", "latest"],
    ["ana/figlet:1", undefined, "ana/figlet", "1"],
    ["docker.io/ana/figlet", "docker.io", "docker.io/ana/figlet", "latest"],
    ["127.0.0.1:5001/hello:v0.1", "127.0.0.1:5001", "127.0.0.1:5001/hello", "v0.1"],
    ["localhost/hello", "localhost", "localhost/hello", "latest"],
    ["registry:5000/a/b", "registry:5000", "registry:5000/a/b", "latest"],
  ])("%s", (name, registry, repository, tag) => {
    expect(parseReference(name)).toEqual({ registry, repository, tag });
  });

  it("files Docker Hub's login under the name that docker login gives it", () => {
    expect(credentialsKey("docker.io")).toBe("https://index.docker.io/v1/");
    expect(credentialsKey("registry.example")).toBe("registry.example");
  });
});

/** A home of the docker client with this in its file, and a helper called "test" on PATH. */
function clientHome(file: string | undefined, helper = "exit 1"): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  if (file !== undefined) {
    writeFileSync(join(folder, "config.json"), file);
  }
  writeFileSync(join(folder, "docker-credential-test"), `#!/bin/bash\n${helper}\n`, { mode: 0o755 });
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env["PATH"]}` };
}

const auth = Buffer.from("ana:pass:word").toString("base64");

describe("findLogin", () => {
  it("reads a login from the client's file, a colon in the password too", async () => {
    const home = clientHome(JSON.stringify({ auths: { "registry.example": { auth } } }));
    const login = { username: "ana", password: "pass:word", serveraddress: "registry.example" };
    expect(await findLogin("registry.example", home)).toEqual(login);
    expect(await findLogin("other.example", home)).toEqual({});
  });

  it("has none without a file", async () => {
    expect(await findLogin("registry.example", clientHome(undefined))).toEqual({});
  });

  it("says which file it cannot read", async () => {
    await expect(findLogin("registry.example", clientHome("{"))).rejects.toThrow(/config\.json is no JSON/);
  });

  it("asks the helper for the registry, a token too", async () => {
    const answer = `[ "$1 $(cat)" = "get registry.example" ] && echo '{"Username":"<token>","Secret":"t0"}'`;
    const home = clientHome(JSON.stringify({ credHelpers: { "registry.example": "test" } }), answer);
    const login = { identitytoken: "t0", serveraddress: "registry.example" };
    expect(await findLogin("registry.example", home)).toEqual(login);
  });

  it("takes the file where the helper knows nothing, and tells how a helper failed", async () => {
    const file = JSON.stringify({ credsStore: "test", auths: { "registry.example": { auth } } });
    const unknown = "echo 'credentials not found in native keychain'; exit 1";
    expect(await findLogin("registry.example", clientHome(file, unknown))).toMatchObject({ username: "ana" });
    const failure = findLogin("registry.example", clientHome(file, "echo 'keychain is locked'; exit 1"));
    await expect(failure).rejects.toThrow(
      "docker-credential-test gave no login for registry.example: keychain is locked",
    );
  });
});

interface SeenPush {
  readonly url: string | undefined;
  readonly login: unknown;
}

/** An Engine whose answer to a push are these lines, and which then has the image under these digests. */
async function pushingEngine(lines: readonly object[], digests: readonly string[], home = clientHome(undefined)) {
  const pushes: SeenPush[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "");
    if (request.method === "POST") {
      const header = String(request.headers["x-registry-auth"]);
      // As strict as the Engine, which drops a login that has no padding.
      expect(header).toMatch(/^([\w-]{4})*([\w-]{2}==|[\w-]{3}=)?$/);
      pushes.push({ url: path, login: JSON.parse(Buffer.from(header, "base64url").toString()) });
      response.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(""));
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(path === "/_ping" ? "OK" : JSON.stringify({ RepoDigests: digests }));
  });
  const socketPath = join(temporaryFolder(), "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  const engine = new Engine({ kind: "unix", socketPath }, [], home);
  onTestFinished(() => {
    engine.close();
    server.close();
  });
  return { engine, pushes };
}

describe("pushImage", () => {
  const name = "registry.example/class/hello:v0.1";

  it("pushes the tag with the operator's login, and gives the digest in that registry", async () => {
    const home = clientHome(JSON.stringify({ auths: { "registry.example": { auth } } }));
    const { engine, pushes } = await pushingEngine(
      [{ status: "Pushing", progress: "[=>]" }, { aux: { Tag: "v0.1", Digest: "sha256:bb", Size: 1 } }],
      ["other.example/hello@sha256:aa", "registry.example/class/hello@sha256:bb"],
      home,
    );
    expect(await pushImage(engine, name, {}, context())).toBe("registry.example/class/hello@sha256:bb");
    expect(pushes).toEqual([
      {
        url: "/images/registry.example/class/hello/push?tag=v0.1",
        login: { username: "ana", password: "pass:word", serveraddress: "registry.example" },
      },
    ]);
  });

  it.each([
    [
      "unauthorized: authentication required",
      /There is no login for registry\.example on this machine\. Run: docker login registry\.example$/,
    ],
    ["connection refused", /failed: connection refused$/],
  ])("fails with the Engine's words: %s", async (message, expected) => {
    const { engine } = await pushingEngine([{ errorDetail: { message }, error: message }], []);
    const failure = pushImage(engine, name, {}, context());
    await expect(failure).rejects.toThrow(expected);
    await expect(failure).rejects.toThrow(`push of ${name} failed: ${message}`);
  });

  it("says of a login that the registry refused it", async () => {
    const home = clientHome(JSON.stringify({ auths: { "registry.example": { auth } } }));
    const message = "denied: requested access to the resource is denied";
    const { engine } = await pushingEngine([{ errorDetail: { message }, error: message }], [], home);
    await expect(pushImage(engine, name, {}, context())).rejects.toThrow(
      "\nThe login for registry.example on this machine was refused by the registry. Run: docker login registry.example",
    );
  });

  it("does not take an image without a digest for one that was pushed", async () => {
    const { engine } = await pushingEngine([], ["other.example/hello@sha256:aa"]);
    await expect(pushImage(engine, name, {}, context())).rejects.toThrow("gives no digest for it");
  });
});
