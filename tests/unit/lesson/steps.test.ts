import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../../../config/schema";
import { lessonSteps, quickSteps, stepsWithNeeded, studentNames, verifyNames } from "../../../lesson";
import { evaluate } from "../../../lesson/evaluate";
import { fillInChecks } from "../../../lesson/perform/lookups";
import { registryHost } from "../../../lesson/steps/scanning";
import type { Check, LessonStep, Task } from "../../../lesson/types";

const OPTIONS = { registryImage: DEFAULTS.lesson.registryImage };
const STUDENT = lessonSteps(studentNames("lesson"), OPTIONS);
const VERIFY = lessonSteps(verifyNames("debian", "abc123"), OPTIONS);

/** All that is typed, files included, in order. */
function typed(steps: readonly LessonStep[]): string[] {
  return steps.flatMap(({ tasks }) => tasks.flatMap(typedIn));
}

function typedIn(task: Task): string[] {
  switch (task.kind) {
    case "session":
      return [task.open, ...task.lines.map((line) => line.typed)];
    case "file":
      return [task.path];
    case "command":
      return [task.command];
    case "proof":
      return [];
  }
}

interface Example {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly example: string | undefined;
}

function examplesOf(task: Task): Example[] {
  if (task.kind === "session") {
    return task.lines.map(({ typed: name, checks, example }) => ({ name, checks, example }));
  }
  if (task.kind !== "command") {
    return [];
  }
  const values = Object.entries(task.lookups ?? {}).map(([name, { example }]) => [name, example]);
  return [{ name: task.command, checks: fillInChecks(task.checks, Object.fromEntries(values)), example: task.example }];
}

describe("what the student types", () => {
  test("is every command of the lesson, in its order; Trivy is there instead of being installed", () => {
    expect(typed(STUDENT)).toEqual([
      "docker version",
      "docker container run -ti ubuntu /bin/bash",
      "apt-get update",
      "apt-get install -y figlet",
      'figlet "hello docker"',
      "exit",
      "docker container ls -a",
      "docker container diff <container ID>",
      "docker container commit <container ID>",
      "docker image ls",
      "docker image tag <image ID> ourfiglet",
      "docker image ls",
      "docker container run ourfiglet figlet hello",
      "index.js",
      "Dockerfile",
      "docker image build -t hello:v0.1 .",
      "docker container run hello:v0.1",
      "docker image history <image ID>",
      'echo "console.log(\\"this is v0.2\\");" >> index.js',
      "docker image build -t hello:v0.2 .",
      "docker container run hello:v0.2",
      "docker image pull alpine",
      "docker image inspect alpine",
      'docker image inspect --format "{{ json .RootFS.Layers }}" alpine',
      'docker image inspect --format "{{ json .RootFS.Layers }}" <image ID>',
      "trivy --version",
      "trivy image hello:v0.1",
      "trivy image -f json -o results.json hello:v0.1",
      "cat results.json | jq",
      "trivy image --severity HIGH,CRITICAL svahub.io/library/wordpress:latest",
      "trivy image --exit-code 1 --severity CRITICAL hello:v0.1",
    ]);
  });

  test("names Debian in a class without Alpine and Ubuntu", () => {
    const commands = typed(lessonSteps(studentNames("debian"), OPTIONS));
    expect(commands).toContain("docker container run -ti debian:trixie /bin/bash");
    expect(commands).toContain("docker image inspect debian:trixie");
    expect(commands.filter((command) => /ubuntu|alpine/.test(command))).toEqual([]);
  });

  test.for([
    ["lesson", "images/hello/v0.1"],
    ["debian", "images/debian/hello/v0.1"],
  ] as const)("on images.base %s are the files of the declared image", ([base, folder]) => {
    const files = lessonSteps(studentNames(base), OPTIONS)
      .flatMap(({ tasks }) => [...tasks])
      .filter((task) => task.kind === "file");
    expect(files.map(({ path }) => path)).toEqual(["index.js", "Dockerfile"]);
    for (const { path, content } of files) {
      expect(content).toBe(readFileSync(join(__dirname, "../../..", folder, path), "utf8"));
      // A line that is appended has to begin on a line of its own.
      expect(content).toMatch(/\n$/);
    }
  });

  test("gives after the student's echo the files of hello:v0.2", () => {
    const [before, after] = ["v0.1", "v0.2"].map((version) =>
      readFileSync(join(__dirname, `../../../images/hello/${version}/index.js`), "utf8"),
    );
    expect(`${before}console.log("this is v0.2");\n`).toBe(after);
  });
});

describe("the examples that students see", () => {
  const examples = STUDENT.flatMap(({ tasks }) => tasks.flatMap(examplesOf));

  test.for(examples)("$name meets its own checks", ({ checks, example }) => {
    expect(evaluate({ checks }, { output: example ?? "" }).filter(({ found }) => found !== undefined)).toEqual([]);
  });
});

describe("a check", () => {
  const checks = VERIFY.flatMap(({ id, tasks }) =>
    tasks.flatMap((task) => {
      const lists =
        task.kind === "session" ? task.lines.map((line) => line.checks) : task.kind === "file" ? [] : [task.checks];
      return lists.flat().map((check) => ({ id, check }));
    }),
  );

  test("there are more than twenty of", () => {
    expect(checks.length).toBeGreaterThan(20);
  });

  test.for(checks.filter(({ check }) => check.contains !== undefined || check.matches !== undefined))(
    "of step $id fails when nothing is printed: $check.expected",
    ({ check }) => {
      expect(evaluate({ checks: [check] }, { output: "" })).toMatchObject([
        { found: expect.stringContaining("no output") },
      ]);
    },
  );

  test.for([
    [
      "package lists",
      "Reading package lists... Done\nErr:1 http://mirror bookworm InRelease",
      "Err:1 http://mirror bookworm InRelease",
    ],
    ["no findings but", "Total: 3 (LOW: 1, HIGH: 0, CRITICAL: 2)", "Total: 3 (LOW: 1, HIGH: 0, CRITICAL: 2)"],
    ["the container, ended", 'b934ed40b559   debian:trixie   "/bin/bash"   Exited (137) 3 seconds ago', "Exited (137)"],
    ["a list of layers", "[]", "[]"],
    ["the ID of a new image", "sha256:12ab", "sha256:12ab"],
  ] as const)('fails as it should: "%s"', ([start, output, found]) => {
    const check = checks.find(({ check: candidate }) => candidate.expected.startsWith(start))?.check;
    const filled = fillInChecks(check === undefined ? [] : [check], { "container ID": "b934ed40b559" });
    expect(evaluate({ checks: filled }, { output })).toMatchObject([{ found: expect.stringContaining(found) }]);
  });
});

describe("what verify types", () => {
  test("gives every container a name and a label of its run", () => {
    const runs = [...typed(VERIFY), ...proofs([...VERIFY, ...quickSteps(verifyNames("debian", "abc123"))])].filter(
      (command) => command.includes("docker container run"),
    );
    expect(runs).toHaveLength(10);
    for (const run of runs) {
      expect(run).toMatch(/^docker container run --name lab-verify-abc123-[a-z0-9-]+ --label lab-nodes.verify=abc123 /);
    }
  });

  test("makes no image under a name of the student's, and pulls nothing that is there", () => {
    const made = typed(VERIFY).filter((command) => / (build|tag) /.test(command));
    expect(made).toEqual([
      "docker image tag <image ID> lab-verify-abc123/ourfiglet",
      "docker image build -t lab-verify-abc123/hello:v0.1 .",
      "docker image build -t lab-verify-abc123/hello:v0.2 .",
    ]);
    const pull = VERIFY[4]?.tasks.find((task) => task.kind === "command" && task.command.includes("pull"));
    expect(pull).toMatchObject({ unless: "docker image inspect debian:trixie" });
  });

  test("runs each declared image in the step that is to fail without it, and never pulls it", () => {
    const declared = VERIFY.map(({ tasks }) =>
      tasks.flatMap((task) =>
        task.kind === "proof" && task.command.includes(" --pull never ") ? [task.command.split(" ").at(-1)] : [],
      ),
    );
    expect(declared).toEqual([[], ["figlet:latest"], ["hello:v0.1"], ["hello:v0.2"], [], [], []]);
    expect(typed(VERIFY).filter((command) => command.startsWith("trivy image hello:"))).toEqual([
      "trivy image hello:v0.1",
    ]);
  });

  test("refuses a run's id that could be something else in a command", () => {
    expect(() => verifyNames("lesson", "a; reboot")).toThrow(/lower-case letters and digits/);
  });
});

describe("a build's output", () => {
  const [build, rebuild] = ["hello:v0.1", "hello:v0.2"].map((image) =>
    STUDENT.flatMap(({ tasks }) => [...tasks]).find(
      (task) => task.kind === "command" && task.command === `docker image build -t ${image} .`,
    ),
  );
  const cached = (finished: string, run: string) =>
    `${finished}\n => [1/4] FROM docker.io/library/alpine 0.0s\n => ${run} 0.0s\n`;
  const OLD = "[+] Building 0.1s (9/9) FINISHED";
  const BUILDX = "[+] Building 0.9s (9/9) FINISHED                              docker:default";

  test.for([
    ["Docker 20.10, cached", OLD, "CACHED [2/4] RUN apk update", []],
    ["Docker 28 with buildx, cached", BUILDX, "CACHED [2/4] RUN apk update", []],
    [
      "not cached",
      BUILDX,
      "[2/4] RUN apk update",
      ["CACHED before the RUN instruction: Node.js was not installed again"],
    ],
    [
      "not finished",
      "[+] Building 0.9s (8/9)",
      "CACHED [2/4] RUN apk update",
      ["a finished build, with the time that Docker took"],
    ],
    [
      "finished, one step's end not told",
      "[+] Building 0.1s (8/9)\n => => naming to docker.io/library/hello:v0.2                     0.0s",
      "CACHED [2/4] RUN apk update",
      [],
    ],
  ] as const)("%s", ([, finished, run, problems]) => {
    const checks = rebuild?.kind === "command" ? rebuild.checks : [];
    const results = evaluate({ checks }, { output: cached(finished, run) });
    expect(results.filter(({ found }) => found !== undefined).map(({ expected }) => expected)).toEqual(problems);
  });

  test("of the first build may be cached or not", () => {
    const checks = build?.kind === "command" ? build.checks : [];
    for (const run of ["CACHED [2/4] RUN apk", "[2/4] RUN apk"]) {
      expect(evaluate({ checks }, { output: cached(OLD, run) }).every(({ found }) => found === undefined)).toBe(true);
    }
  });
});

test("a list of images is read in the columns of old and of new versions of Docker", () => {
  const task = STUDENT[1]?.tasks.filter(
    (candidate) => candidate.kind === "command" && candidate.command === "docker image ls",
  )[1];
  const checks = task?.kind === "command" ? fillInChecks(task.checks, { "image ID": "a104f9ae9c37" }) : [];
  const problems = (output: string) => evaluate({ checks }, { output }).filter(({ found }) => found !== undefined);
  expect(problems("REPOSITORY   TAG       IMAGE ID\nourfiglet    latest    a104f9ae9c37   1 second ago\n")).toEqual([]);
  expect(
    problems("IMAGE              ID             DISK USAGE\nourfiglet:latest   a104f9ae9c37        160MB\n"),
  ).toEqual([]);
  expect(
    problems("REPOSITORY   TAG       IMAGE ID\n<none>       <none>    a104f9ae9c37   1 second ago\n"),
  ).toHaveLength(1);
});

test("steps come with those that they need, in order", () => {
  expect(stepsWithNeeded(STUDENT, ["5", "2"]).map(({ id }) => id)).toEqual(["2", "3", "4", "5"]);
  expect(() => stepsWithNeeded(STUDENT, ["8"])).toThrow('There is no step "8"; the steps are: 1, 2, 3, 4, 5, 6, 7.');
});

test.for([
  ["alpine", "docker.io", "https://registry-1.docker.io"],
  ["library/wordpress:latest", "docker.io", "https://registry-1.docker.io"],
  ["svahub.io/library/wordpress:latest", "svahub.io", "https://svahub.io"],
  ["registry:5000/x", "registry:5000", "https://registry:5000"],
  ["localhost/x", "localhost", "http://localhost"],
  ["localhost:5000/x@sha256:00", "localhost:5000", "http://localhost:5000"],
] as const)("%s comes from %s", ([image, name, url]) => {
  expect(registryHost(image)).toEqual({ name, url });
});

function proofs(steps: readonly LessonStep[]): string[] {
  return steps.flatMap(({ tasks }) => tasks.flatMap((task) => (task.kind === "proof" ? [task.command] : [])));
}
