import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pulumiEnvironment } from "../../../../adapters/pulumi/environment";
import { ENGINE, runtimeIn, temporaryFolder } from "../../cli/support";

const OWN_PROJECT = "name: lab-nodes\nbackend:\n  url: file://./.lab/state?metadata=skip\n";

function programFolder(project: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "Pulumi.yaml"), project);
  return folder;
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test("sets up our state folder and a passphrase of our own, for nobody else to read", () => {
  const folder = programFolder(OWN_PROJECT);
  const variables = pulumiEnvironment(runtimeIn(folder), ENGINE, "spring");
  const passphrase = join(folder, ".lab/passphrase");
  expect(variables).toEqual({
    PULUMI_HOME: "/engine/home",
    PULUMI_BACKEND_URL: `file://${folder}/.lab/state?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    PULUMI_STACK: "spring",
    LAB_NODE_DOCKER_CONFIG: join(folder, "docker-credential-no"),
    LAB_NODE_DOCKER_AUTH_CONFIG: "",
    LAB_NODE_DOCKER_CERT_PATH: "",
  });
  expect([join(folder, ".lab"), join(folder, ".lab/state"), passphrase].map(modeOf)).toEqual([0o700, 0o700, 0o600]);
  expect(readFileSync(passphrase, "utf8")).toMatch(/^[\w-]{32}\n$/);
});

test("takes a fixed version of Docker's API from Pulumi's docker plugin, which then agrees with each Engine on one", () => {
  const runtime = runtimeIn(programFolder(OWN_PROJECT));
  const environment = { ...runtime.environment, DOCKER_API_VERSION: "1.41" };
  expect(pulumiEnvironment({ ...runtime, environment }, ENGINE, "dev")).toMatchObject({ DOCKER_API_VERSION: "" });
});

test("keeps the passphrase once it is made, since secrets are encrypted with it", () => {
  const folder = programFolder(OWN_PROJECT);
  const read = () => {
    const variables = pulumiEnvironment(runtimeIn(folder), ENGINE, "dev");
    return readFileSync(variables["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", "utf8");
  };
  const first = read();
  expect(read()).toBe(first);
});

test("makes another passphrase for another clone", () => {
  const [one, other] = [programFolder(OWN_PROJECT), programFolder(OWN_PROJECT)].map((folder) => {
    pulumiEnvironment(runtimeIn(folder), ENGINE, "dev");
    return readFileSync(join(folder, ".lab/passphrase"), "utf8");
  });
  expect(one).not.toBe(other);
});

test("escapes the clone's path in the backend's address", () => {
  const folder = join(programFolder(OWN_PROJECT), "my lab #1");
  const runtime = { ...runtimeIn(folder), programDirectory: join(folder, "..") };
  const { PULUMI_BACKEND_URL } = pulumiEnvironment(runtime, ENGINE, "dev");
  expect(PULUMI_BACKEND_URL).not.toMatch(/[ #]/);
  expect(fileURLToPath(PULUMI_BACKEND_URL ?? "")).toBe(join(folder, ".lab/state"));
});

test.each([
  ["of the environment", OWN_PROJECT, { PULUMI_BACKEND_URL: "s3://class" }],
  ["of an edited Pulumi.yaml", "name: lab-nodes\nbackend:\n  url: s3://class\n", {}],
  ["of a Pulumi.yaml without one, which is pulumi login's", "name: lab-nodes\n", {}],
])("leaves alone the user's own backend: the one %s", (_, project, environment) => {
  const folder = programFolder(project);
  const variables = pulumiEnvironment(runtimeIn(folder, environment), ENGINE, "dev");
  expect(variables).not.toHaveProperty("PULUMI_BACKEND_URL");
  expect(existsSync(join(folder, ".lab/state"))).toBe(false);
});

test.each([
  [{ PULUMI_CONFIG_PASSPHRASE: "given" }],
  [{ PULUMI_CONFIG_PASSPHRASE: "" }],
  [{ PULUMI_CONFIG_PASSPHRASE_FILE: "/given" }],
])("leaves alone the user's own passphrase: %j", (environment) => {
  const folder = programFolder(OWN_PROJECT);
  const variables = pulumiEnvironment(runtimeIn(folder, environment), ENGINE, "dev");
  expect(variables).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
  expect(existsSync(join(folder, ".lab/passphrase"))).toBe(false);
});
