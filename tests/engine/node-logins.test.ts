import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { editFile, expectSuccess, onlyNode, onNode } from "../support/lab-facts";

/** Has the node's own `docker`, the far end of every connection of the docker plugin, keep what it reads. */
const LISTEN = `test -e /usr/bin/docker.real || mv /usr/bin/docker /usr/bin/docker.real
printf '#!/bin/bash\\ntee --append /var/tmp/heard | /usr/bin/docker.real "$@"\\n' > /usr/bin/docker
chmod 755 /usr/bin/docker`;

/** What the student's Docker Engine was sent beside builds: each login header, in plain text. */
const HEARD =
  "grep --text --ignore-case --only-matching 'x-registry-config: [^[:space:]]*' /var/tmp/heard; rm /var/tmp/heard";

const SECRET = "operator-secret";

/** An operator who is logged in to a registry, and a class that a version without a guard has made. */
describe("the operator's logins", () => {
  let lab: LabClone;
  let config: string;
  /** What stands in the program now, and what stood there in an earlier version. */
  const edits = [
    ["{ parent: this, envVarMappings: NODE_VARIABLES }", "{ parent: this } /* earlier */"],
    ["...NO_AGENT]", "/* earlier */]"],
  ] as const;

  beforeAll(async () => {
    lab = await makeLabClone();
    config = join(lab.directory, "operators-docker");
    mkdirSync(config, { mode: 0o700 });
    const auth = Buffer.from(`operator:${SECRET}`).toString("base64");
    writeFileSync(join(config, "config.json"), JSON.stringify({ auths: { "registry.example": { auth } } }));
    for (const [now, then] of edits) {
      editFile(lab, "components/lab-node.ts", now, then);
    }
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify"));
    lab.environment["DOCKER_CONFIG"] = config;
    await onNode(lab, LISTEN);
  });
  afterAll(() => lab.remove());

  const change = (dockerfile: string) =>
    appendFileSync(join(lab.directory, "images/debian", dockerfile, "Dockerfile"), "# changed\n");

  /** The logins of each build since the last time. */
  async function heard(): Promise<unknown[]> {
    const lines = (await onNode(lab, HEARD)).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(Buffer.from(line.split(" ")[1] ?? "", "base64url").toString()));
  }

  test("would reach a node's Docker Engine with every build, if the plugin had them", async () => {
    change("figlet");
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(JSON.stringify(await heard())).toContain(SECRET);
    for (const [now, then] of edits) {
      editFile(lab, "components/lab-node.ts", then, now);
    }
  });

  test("do not, the first time that an earlier version's class is updated neither", async () => {
    const { id } = await onlyNode(lab);
    change("figlet");
    expectSuccess(await lab.pulumi("up", "--yes", "--skip-preview", "--refresh"));
    expect(await heard()).toEqual([{}]);
    expect((await onlyNode(lab)).id).toBe(id);
    expect(expectSuccess(await lab.lab("up", "--no-verify")).stderr).toMatch(/^\d+ unchanged in/m);
  });

  test("do not with lab up, which builds a removed image anew", async () => {
    await onNode(lab, "docker.real image rm --force figlet");
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await heard()).toEqual([{}]);
  });

  test("end a plain pulumi that would send them, before it changes anything, with what to type", async () => {
    change("figlet");
    const refused = await plainPulumi();
    expect(refused.exitCode).not.toBe(0);
    const said = refused.stdout + refused.stderr;
    expect(said).toContain(`the login for registry.example in ${join(config, "config.json")}`);
    expect(said).toContain('Run: eval "$(./lab env)"');
    expect(said).not.toContain(SECRET);
    expect(await onNode(lab, "test ! -e /var/tmp/heard && echo nothing")).toBe("nothing");
  });

  /** Plain `pulumi up` with all that it needs of `./lab env`, and without a Docker config for nodes. */
  async function plainPulumi(): Promise<CommandResult> {
    const exports = JSON.parse((await lab.lab("env", "--json")).stdout) as Record<string, string>;
    const needed = Object.entries(exports).filter(([name]) => !name.startsWith("LAB_NODE_"));
    const result = await execa("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: lab.directory,
      env: { ...lab.environment, ...Object.fromEntries(needed) },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
  }
});
