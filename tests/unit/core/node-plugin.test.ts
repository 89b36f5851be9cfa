import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { requireNoLogins } from "../../../components/require-no-logins";
import { withoutLogins } from "../../../core/node-plugin";
import { temporaryFolder } from "../cli/support";

const REPOSITORY = resolve(__dirname, "../../..");

/** An operator with this docker config in the home folder, and with these programs on PATH. */
function operator(config: string | undefined, programs: readonly string[] = []): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  mkdirSync(join(home, ".docker"));
  if (config !== undefined) {
    writeFileSync(join(home, ".docker/config.json"), config);
  }
  for (const program of programs) {
    writeFileSync(join(home, program), "", { mode: 0o755 });
  }
  return { HOME: home, PATH: home };
}

const auths = { "ghcr.io": { auth: "c2VjcmV0" } };

const configOf = ({ HOME = "" }: NodeJS.ProcessEnv) => join(HOME, ".docker");

const LEAKS: [string, () => NodeJS.ProcessEnv, string][] = [
  ["a login in the config", () => operator(JSON.stringify({ auths })), "the login for ghcr.io in "],
  [
    "a token in the config",
    () => operator(JSON.stringify({ auths: { "ghcr.io": { identitytoken: "secret" } } })),
    "the login for ghcr.io in ",
  ],
  ["a keychain", () => operator(JSON.stringify({ credsStore: "desktop" })), "all logins of docker-credential-desktop"],
  [
    "a helper for one registry",
    () => operator(JSON.stringify({ credHelpers: { "gcr.io": "gcloud" } })),
    "the login for gcr.io of docker-credential-gcloud",
  ],
  [
    "the platform's keychain without a config",
    () => operator(undefined, ["docker-credential-secretservice", "docker-credential-osxkeychain"]),
    `all logins of docker-credential-${process.platform === "darwin" ? "osxkeychain" : "secretservice"}`,
  ],
  [
    "logins in a variable",
    () => ({ ...operator(undefined), DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) }),
    "the logins in DOCKER_AUTH_CONFIG",
  ],
  ["logins in another folder", () => ({ DOCKER_CONFIG: configOf(operator(JSON.stringify({ auths }))) }), "ghcr.io"],
];

describe("requireNoLogins", () => {
  it.each(LEAKS)("refuses %s, with what to type", async (_, environment, login) => {
    const refused = requireNoLogins(environment());
    await expect(refused).rejects.toThrow(login);
    await expect(refused).rejects.toThrow(/^Run: eval "\$\(\.\/lab env\)"/m);
    await expect(refused).rejects.not.toThrow(/secret\b|c2VjcmV0/);
  });

  it.each(LEAKS)("takes %s where nodes' builds are kept from it", async (_, environment) => {
    await expect(requireNoLogins({ ...environment(), ...withoutLogins(REPOSITORY) })).resolves.toBeUndefined();
  });

  it.each([
    ["no config", () => operator(undefined)],
    ["a config without logins", () => operator(JSON.stringify({ auths: { "ghcr.io": {} }, currentContext: "colima" }))],
  ])("takes %s", async (_, environment) => {
    await expect(requireNoLogins(environment())).resolves.toBeUndefined();
  });

  it("in another program, names a remedy that needs nothing of this project's stacks", async () => {
    const project = process.cwd();
    onTestFinished(() => process.chdir(project));
    const folder = temporaryFolder();
    process.chdir(folder);
    const environment = operator(JSON.stringify({ auths }));
    const refused = await requireNoLogins(environment).catch((error: Error) => error.message);
    const command = /^Run: (cp .*) \(the plugin/m.exec(String(refused))?.[1];
    const helper = requireNoLogins({ ...environment, ...withoutLogins(REPOSITORY) });
    await expect(helper).rejects.toThrow(
      `the folder of the program, ${process.cwd()}: it is missing there\nRun: ${command}`,
    );
    const exported = execFileSync("sh", ["-ec", `${command}; env`], { encoding: "utf8" });
    const variables = Object.fromEntries(exported.split("\n").map((line) => line.split("=")));
    await expect(requireNoLogins({ ...environment, ...variables, HOME: environment["HOME"] })).resolves.toBeUndefined();
  });

  it("refuses a config that cannot be read, and a login that came into the one for nodes", async () => {
    await expect(requireNoLogins(operator("{"))).rejects.toThrow(/config\.json is no JSON/);
    const folder = configOf(operator(JSON.stringify({ auths, credsStore: "no/logins" })));
    await expect(requireNoLogins({ LAB_NODE_DOCKER_CONFIG: folder })).rejects.toThrow("ghcr.io");
  });
});
