import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Engine } from "../../../../airgap/plugins/docker/connection/engine";
import { image } from "../../../../airgap/plugins/docker/image/resource";
import type { PropertyMap } from "../../../../airgap/plugins/framework/provider";
import { withoutLogins } from "../../../../core/node-plugin";
import { temporaryFolder } from "../../cli/support";
import { context } from "./docker-fake-engine";

const REPOSITORY = resolve(__dirname, "../../../..");

const auth = Buffer.from("ana:pass:word").toString("base64");

/** A credential helper with one login, as a keychain has it. */
const HELPER = `#!/bin/sh
case $1 in
  list) echo '{"keychain.example":"ana"}' ;;
  get) printf '{"Username":"ana","Secret":"of %s"}' "$(cat)" ;;
esac
`;

/** An operator with this docker config, and with these programs on PATH. */
function operator(config: object | undefined, programs: readonly string[] = []): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  mkdirSync(join(home, ".docker"));
  if (config !== undefined) {
    writeFileSync(join(home, ".docker/config.json"), JSON.stringify(config));
  }
  for (const program of programs) {
    writeFileSync(join(home, program), HELPER, { mode: 0o755 });
  }
  return { HOME: home, PATH: `${home}:/usr/bin:/bin` };
}

/** Has an Engine build an image, and gives the headers that were sent with each request that had one for a registry. */
async function loginsSent(environment: NodeJS.ProcessEnv, inputs: PropertyMap = {}) {
  const sent: { readonly path: string; readonly logins: unknown }[] = [];
  const server = createServer((request, response) => {
    const header = request.headers["x-registry-config"] ?? request.headers["x-registry-auth"];
    if (header !== undefined) {
      const path = (request.url ?? "").replace(/^\/v[\d.]+|\?.*$/g, "");
      sent.push({ path, logins: JSON.parse(Buffer.from(String(header), "base64url").toString()) });
    }
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(
      request.method === "POST"
        ? ""
        : JSON.stringify({ Id: "1", RepoDigests: ["some.example/a@sha256:1", "file.example/a@sha256:1"] }),
    );
  });
  const folder = temporaryFolder();
  await new Promise<void>((done) => {
    server.listen(join(folder, "engine.sock"), done);
  });
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  const engine = new Engine({ kind: "unix", socketPath: join(folder, "engine.sock") }, [], environment);
  onTestFinished(() => {
    engine.close();
    server.close();
  });
  const build = { context: folder, dockerfile: join(folder, "Dockerfile") };
  await image.create(engine, { imageName: "a:1", skipPush: true, build, ...inputs }, context());
  return sent;
}

const FILE = { "file.example": { username: "ana", password: "pass:word", serveraddress: "file.example" } };
const KEYCHAIN = {
  "keychain.example": { username: "ana", password: "of keychain.example", serveraddress: "keychain.example" },
};

it.each<[string, () => NodeJS.ProcessEnv, object]>([
  ["those in the config", () => operator({ auths: { "file.example": { auth } } }), FILE],
  ["those of the config's keychain", () => operator({ credsStore: "chain" }, ["docker-credential-chain"]), KEYCHAIN],
  [
    "those of the platform's keychain, which the config does not name",
    () => operator(undefined, ["pass", "docker-credential-pass", "docker-credential-osxkeychain"]),
    KEYCHAIN,
  ],
  [
    "that of one registry's helper",
    () => operator({ credHelpers: { "one.example": "one" } }, ["docker-credential-one"]),
    { "one.example": { username: "ana", password: "of one.example", serveraddress: "one.example" } },
  ],
  [
    "those in DOCKER_AUTH_CONFIG",
    () => ({ ...operator(undefined), DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "file.example": { auth } } }) }),
    FILE,
  ],
  ["none where there is none", () => operator(undefined), {}],
])("as the official plugin, sends all logins with a build that pushes nothing: %s", async (_, environment, logins) => {
  expect(await loginsSent(environment())).toEqual([{ path: "/build", logins }]);
});

it("sends the login of the image's `registry` when it pushes, and does not when it does not", async () => {
  const registry = { server: "https://some.example/v2", username: "class", password: "for the class" };
  const login = { username: "class", password: "for the class", serveraddress: "some.example" };
  const pushed = { imageName: "some.example/a:1", skipPush: false, registry };
  expect(await loginsSent(operator(undefined), pushed)).toEqual([
    { path: "/build", logins: { "some.example": login } },
    { path: "/images/some.example/a/push", logins: login },
  ]);
  expect(await loginsSent(operator(undefined), { registry })).toEqual([{ path: "/build", logins: {} }]);
});

it("finds no login with the config for nodes, whatever the operator has", async () => {
  const programs = ["pass", "docker-credential-pass", "docker-credential-osxkeychain"];
  const own = operator({ auths: { "file.example": { auth } } }, programs);
  const { LAB_NODE_DOCKER_CONFIG, LAB_NODE_DOCKER_AUTH_CONFIG } = withoutLogins(REPOSITORY);
  const forNodes = { ...own, DOCKER_CONFIG: LAB_NODE_DOCKER_CONFIG, DOCKER_AUTH_CONFIG: LAB_NODE_DOCKER_AUTH_CONFIG };
  expect(await loginsSent(forNodes)).toEqual([{ path: "/build", logins: {} }]);
  // The BuildKit session of the official plugin asks for single registries.
  expect(await loginsSent(forNodes, { imageName: "file.example/a:1", skipPush: false })).toContainEqual({
    path: "/images/file.example/a/push",
    logins: {},
  });
});
