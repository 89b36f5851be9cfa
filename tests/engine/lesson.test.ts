import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenNodeShell, openNodeShell } from "../../adapters/ssh/node-shell";
import { verdictSchema } from "../../cli/workflows/verify/verdict";
import { DEFAULTS } from "../../config/schema";
import { type ImageBase, lessonSteps, performLesson, performQuickSteps, quickSteps, verifyNames } from "../../lesson";
import type { PerformanceListener, StepVerdict } from "../../lesson/types";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

/** A real node; the lesson is performed on it, whole and broken. */
describe("the lesson on a node", () => {
  let lab: LabClone;
  let shell: OpenNodeShell;
  let imageBase: ImageBase;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort)));
    imageBase = /^ *base: debian$/m.test(settings()) ? "debian" : "lesson";
    shell = await open("root");
  });
  afterAll(async () => {
    shell?.close();
    await lab.remove();
  });

  const settings = () => readFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), "utf8");

  function open(user: "root" | "student"): Promise<OpenNodeShell> {
    const file = (name: string) => readFileSync(join(lab.directory, ".lab", lab.stack, "ssh", name), "utf8");
    const [, ...hostKey] = file("known_hosts").trim().split(" ");
    const privateKey = file("id_ed25519");
    return openNodeShell({ host: "127.0.0.1", port: lab.sshPort, user, privateKey, hostKey: hostKey.join(" ") });
  }

  interface Variation {
    readonly on?: OpenNodeShell;
    readonly registryImage?: string;
    readonly listener?: PerformanceListener;
    readonly signal?: AbortSignal;
    readonly only?: readonly string[];
  }

  function perform({ on = shell, registryImage = DEFAULTS.lesson.registryImage, ...more }: Variation = {}) {
    const names = verifyNames(imageBase, randomBytes(4).toString("hex"));
    return performLesson({ shell: on, names, steps: lessonSteps(names, { registryImage }), ...more });
  }

  /** All that a student would miss, or find besides. */
  async function belongings(): Promise<string> {
    const lists =
      "docker image ls --all --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}' | sort; docker container ls -a --quiet";
    return (await shell.run(`${lists}; ls -A /root /var/tmp /tmp`)).output;
  }

  async function onNode(command: string): Promise<void> {
    const { exitCode, output } = await shell.run(command);
    expect(exitCode, output).toBe(0);
  }

  test("passes every step, and leaves the node as it was", async () => {
    const before = await belongings();
    const verdicts = await perform();
    expect(problems(verdicts)).toEqual([]);
    expect(verdicts.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    expect(await belongings()).toBe(before);
  });

  test("tells that the database was a sample, when it was one", async () => {
    const { output } = await shell.run("jq --raw-output '.Sample // empty' /var/lib/trivy/db/metadata.json");
    const notes = (await perform({ only: ["6"] })).at(-1)?.notes.join("\n") ?? "";
    const quick = verifyNames(imageBase, "quick");
    const verdicts = await performQuickSteps({ shell, names: quick, steps: quickSteps(quick) });
    expect(problems(verdicts)).toEqual([]);
    if (output.trim() === "") {
      expect(notes).not.toContain("sample database");
    } else {
      expect(notes).toContain(`Trivy searched a sample database: ${output.trim()}`);
      expect(verdicts.at(-1)?.notes).toEqual([`Trivy searched a sample database: ${output.trim()}`]);
    }
  });

  test("keeps what Trivy found in layers for its own next run, and nothing for a student", async () => {
    await onNode("rm -rf /root/.cache/trivy/fanal ~student/.cache/trivy/fanal");
    expect(problems(await perform({ only: ["6"] }))).toEqual([]);
    await onNode("test -s /root/.cache/trivy/fanal/fanal.db");
    const student = await open("student");
    expect(problems(await perform({ on: student, only: ["6"] }))).toEqual([]);
    student.close();
    await onNode("test ! -e ~student/.cache/trivy/fanal");
  });

  test("can be performed twice at the same time, and by the student", async () => {
    const student = await open("student");
    const [first, second] = await Promise.all([perform(), perform({ on: student })]);
    student.close();
    expect([problems(first), problems(second)]).toEqual([[], []]);
  });

  test("scans the image of a registry that answers, and says nothing about another", async () => {
    const registry = readFileSync(join(__dirname, "../support/tiny-registry.py"), "utf8");
    await shell.write("/run/tiny-registry.py", registry);
    await onNode("systemd-run --quiet --unit tiny-registry python3 /run/tiny-registry.py 5000");
    const verdicts = await perform({ only: ["6"], registryImage: "localhost:5000/tiny:latest" });
    await onNode("systemctl stop tiny-registry && rm /run/tiny-registry.py");
    expect(problems(verdicts)).toEqual([]);
    expect(verdicts.at(-1)?.notes.join("\n")).not.toContain("did not answer");
    expect(verdicts.at(-1)?.evidence.map(({ command }) => command)).toContain(
      "trivy image --severity HIGH,CRITICAL localhost:5000/tiny:latest",
    );
  });

  test("leaves nothing behind when it is stopped in the middle of an installation", async () => {
    const before = await belongings();
    const abort = new AbortController();
    const verdicts = await perform({
      signal: abort.signal,
      listener: {
        stepStarted: () => {},
        stepEnded: () => {},
        commandStarted: (_step, command) =>
          command.includes("install") ? setTimeout(() => abort.abort(), 200) : undefined,
      },
    });
    expect(verdicts.map(({ id }) => id)).toEqual(["1"]);
    expect(await belongings()).toBe(before);
  });

  test("of one's own is typed as it stands, fails where it has to, and leaves the node as it was", async () => {
    const before = await belongings();
    const verify = (...words: string[]) => lab.lab("verify", "--lesson", "docs/lessons/greeting", "--json", ...words);
    const good = verdictSchema.parse(JSON.parse(expectSuccess(await verify()).stdout));
    expect(good).toMatchObject({ kind: "lesson", lesson: "A greeting in a container", outcome: "passed" });
    expect(good.seats[0]?.steps.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(["1 passed", "2 passed"]);
    const page = join(lab.directory, "docs/lessons/greeting/2-run.md");
    writeFileSync(page, readFileSync(page, "utf8").replace("^Good morning", "^Good evening"));
    const { exitCode, stdout } = await verify("--step", "2");
    const bad = verdictSchema.parse(JSON.parse(stdout));
    expect({ exitCode, failure: bad.seats[0]?.steps.at(-1)?.failure }).toMatchObject({
      exitCode: 1,
      failure: { expected: "the greeting", found: 'the output "Good morning from a container!"' },
    });
    expect(await belongings()).toBe(before);
  });

  const trivy = "/usr/local/bin/trivy";
  test.for([
    {
      broken: "the figlet image is removed",
      step: "2",
      damage: "docker image tag figlet:latest keep && docker image rm figlet:latest",
      repair: "docker image tag keep figlet:latest && docker image rm keep",
    },
    {
      broken: "hello:v0.2 lacks its line",
      step: "4",
      damage: "docker image tag hello:v0.2 keep && docker image tag hello:v0.1 hello:v0.2",
      repair: "docker image tag keep hello:v0.2 && docker image rm keep",
    },
    {
      broken: "Trivy is a script that prints nothing",
      step: "6",
      damage: `mv ${trivy} ${trivy}.keep && printf '#!/bin/sh\\n' > ${trivy} && chmod 0755 ${trivy}`,
      repair: `mv ${trivy}.keep ${trivy}`,
    },
    {
      broken: "Trivy's database is gone",
      step: "6",
      damage: "mv /var/lib/trivy/db /var/lib/trivy/keep",
      repair: "mv /var/lib/trivy/keep /var/lib/trivy/db",
    },
  ])("fails in step $step alone when $broken", async ({ step, damage, repair }) => {
    await onNode(damage);
    const verdicts = await perform();
    await onNode(repair);
    expect(verdicts.filter(({ outcome }) => outcome !== "passed").map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      [`${step} failed`],
    );
  });

  test("passes again after all that", async () => {
    expect(problems(await perform())).toEqual([]);
  });
});

function problems(verdicts: readonly StepVerdict[]): unknown[] {
  return verdicts
    .filter(({ outcome }) => outcome !== "passed")
    .map(({ id, outcome, failure }) => ({ id, outcome, ...failure }));
}

/** By Docker's own clock. */
