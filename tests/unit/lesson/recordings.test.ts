import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../../../config/schema";
import { lessonSteps, studentNames } from "../../../lesson";
import { evaluate } from "../../../lesson/evaluate";
import { fillIn, fillInChecks } from "../../../lesson/perform/lookups";
import { studentChecks } from "../../../lesson/student-checks";
import type { CheckResult, CommandTask, Demand, ProofTask } from "../../../lesson/types";
import { onOneLine, RECORDINGS, type RecordedCommand, readRecording } from "./recordings";

const NAMES = studentNames("debian");
const STEPS = lessonSteps(NAMES, { registryImage: DEFAULTS.lesson.registryImage });
const TASKS = STEPS.flatMap(({ tasks }) => [...tasks]);

/** A command of the lesson's that was compared with a recording. */
interface Compared {
  readonly command: string;
  readonly failures: CheckResult[];
}

/** Compares a recording with the lesson's demands, in the lesson's order. What was not recorded is left out. */
function compare(recording: readonly RecordedCommand[]): Compared[] {
  const left = [...recording];
  return TASKS.flatMap((task): Compared[] => {
    if (task.kind !== "command" && task.kind !== "proof") {
      return [];
    }
    const values = recordedValues(task, recording);
    const command = onOneLine(fillIn(task.command, values));
    const at = left.findIndex((recorded) => recorded.command === command);
    const [recorded] = at < 0 ? [] : left.splice(at, 1);
    return recorded === undefined ? [] : [{ command, failures: failuresOf(task, recorded, values) }];
  });
}

function recordedValues(task: CommandTask | ProofTask, recording: readonly RecordedCommand[]): Record<string, string> {
  const lookups = Object.entries(task.kind === "command" ? (task.lookups ?? {}) : {});
  return Object.fromEntries(
    lookups.flatMap(([name, { command }]) => {
      const found = recording.find((recorded) => recorded.command === onOneLine(command));
      return found === undefined ? [] : [[name, found.output.trim()]];
    }),
  );
}

function failuresOf(task: Demand, recorded: RecordedCommand, values: Record<string, string>): CheckResult[] {
  const exitCode = { expected: "exit code 0", code: 0 };
  const { causes = [] } = task;
  const results = evaluate({ exitCode, checks: fillInChecks(task.checks, values), causes }, recorded);
  return results.filter(({ found }) => found !== undefined);
}

const BUILD = "docker image build -t hello:v0.1 .";
const COMPLETE = RECORDINGS.filter((name) => name.startsWith("docker-") && !name.includes("without"));

test("there are recordings of Docker 20.10, 26 and 29", () => {
  expect(COMPLETE.map((name) => name.replace("docker-", ""))).toEqual(expect.arrayContaining(["20.10", "26", "29"]));
});

describe.each(COMPLETE)("the lesson's checks hold on what was recorded on %s", (name) => {
  const recording = readRecording(name);

  test("of its commands and proofs", () => {
    const compared = compare(recording);
    expect(compared.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect(compared.map(({ command }) => command.replaceAll(/\b[0-9a-f]{12}\b/g, "ID"))).toEqual([
      "docker version",
      "docker container ls -a",
      "docker container diff ID",
      "docker container commit ID",
      "docker image ls",
      "docker image tag ID ourfiglet",
      "docker image ls",
      "docker container run ourfiglet figlet hello",
      BUILD,
      "docker container run hello:v0.1",
      "docker image history ID",
      "docker image build -t hello:v0.2 .",
      "docker container run hello:v0.2",
      `docker image inspect ${NAMES.alpine}`,
      `docker image inspect --format "{{ json .RootFS.Layers }}" ${NAMES.alpine}`,
      'docker image inspect --format "{{ json .RootFS.Layers }}" ID',
      expect.stringMatching(/^jq --null-input --argjson base /),
    ]);
  });

  test("of a student's work", () => {
    const checks = STEPS.flatMap((step) => studentChecks(step, NAMES));
    const compared = checks.flatMap(({ command, checks: demanded }) => {
      const recorded = recording.find((one) => one.command === onOneLine(command));
      return recorded === undefined ? [] : [{ command, failures: failuresOf({ checks: demanded }, recorded, {}) }];
    });
    expect(compared.filter(({ failures }) => failures.length > 0)).toEqual([]);
    expect(compared).toHaveLength(4);
  });

  test("and its ID of the image just committed is that image's", () => {
    const outputOf = (start: string) => recording.find(({ command }) => command.startsWith(start))?.output.trim();
    const committed = outputOf("docker container commit ");
    expect(committed).toMatch(/^sha256:/);
    expect(outputOf("docker image ls --all --quiet")).toBe(committed?.slice("sha256:".length, "sha256:".length + 12));
  });
});

describe.each(RECORDINGS.filter((name) => name.includes("without-buildx")))("%s", (name) => {
  const recording = readRecording(name);
  const builds = compare(recording).filter(({ command }) => command.startsWith("docker image build"));

  test("the build's first failure says that the node has no buildx, and what to type", () => {
    expect(builds.length).toBeGreaterThan(0);
    for (const { failures } of builds) {
      expect(failures[0]?.found).toMatch(/^this node has no buildx.* run: .*install --yes docker-buildx /);
      expect(failures[0]?.found).toContain("docker-buildx-plugin");
    }
  });
});

test("a build with BuildKit switched off says so, and what to type", () => {
  const [build] = compare(readRecording("docker-20.10-without-buildkit"));
  expect(build?.command).toBe(BUILD);
  expect(build?.failures[0]?.found).toBe(
    "the output of Docker's legacy builder: BuildKit is switched off on this node. On the node, run: export DOCKER_BUILDKIT=1",
  );
});

test("a scan of an image that Trivy cannot read says why, and what to change on the node", () => {
  const [scan] = compare(readRecording("trivy-with-docker-29"));
  expect(scan?.command).toBe("trivy image hello:v0.1");
  expect(scan?.failures[0]?.found).toMatch(/^Trivy cannot read an image .*containerd.*"containerd-snapshotter": false/);
});
