import { describe, expect, test } from "vitest";
import { openLesson } from "../../../cli/workflows/lesson/index";
import type { CommandResult, NodeShell, RunOptions } from "../../../core/node-shell";
import { lessonSteps, studentNames } from "../../../lesson";
import type { ImageBase } from "../../../lesson/names";
import { studentChecks } from "../../../lesson/student-checks";
import { findTask, lessonView } from "../../../portal/server/lesson-view";
import { checkStep, commandFor, NotYet, writeFile } from "../../../portal/server/lesson-work";
import { ownLesson } from "../../../portal/server/portal-lesson";

const OPTIONS = { registryImage: "registry.test/python:3.4" };
const NAMES = studentNames("debian");
const STEPS = lessonSteps(NAMES, OPTIONS);

/** A node that answers each command as told; writes are remembered. */
function shellThat(answer: (command: string) => Partial<CommandResult>) {
  const written = new Map<string, string>();
  const commands: string[] = [];
  const limits: RunOptions[] = [];
  const shell: NodeShell = {
    run: async (command: string, options: RunOptions = {}) => {
      commands.push(command);
      limits.push(options);
      return { exitCode: 0, output: "", seconds: 0, ...answer(command) };
    },
    open: () => Promise.reject(new Error("no sessions here")),
    write: async (path, content, options = {}) => {
      limits.push(options);
      written.set(path, content);
    },
  };
  return { shell, written, commands, limits };
}

function step(id: string) {
  const found = STEPS.find((candidate) => candidate.id === id);
  return found ?? expect.fail(`there is no step ${id}`);
}

describe("the lesson as the page has it", () => {
  test("every task of the page is one of the lesson, by its id", () => {
    const views = lessonView(STEPS, "node1").flatMap(({ tasks }) => tasks);
    expect(views.length).toBeGreaterThan(25);
    for (const view of views) {
      const [stepId = "", task = ""] = view.id.split(".");
      expect(findTask(STEPS, `${stepId}.${task}`)?.kind).toBe(
        view.kind === "file" ? "file" : view.id.split(".").length > 2 ? "session" : "command",
      );
    }
    expect(new Set(views.map(({ id }) => id)).size).toBe(views.length);
  });

  test("the machine's name is filled in, Markdown is HTML, and links open beside the terminal", () => {
    const [first] = lessonView(STEPS, "node7");
    expect(first?.text).toContain("<code>node7</code>");
    expect(first?.text).toContain('<a target="_blank" rel="noopener noreferrer" href="https://hub.docker.com">');
    expect(JSON.stringify(lessonView(STEPS, "node7"))).not.toContain("<hostname>");
  });

  test("what a student has to look up is asked of the server", () => {
    const views = lessonView(STEPS, "node1").flatMap(({ tasks }) => tasks);
    for (const view of views) {
      const isAsked = view.kind === "command" && view.typed === "as the server says";
      expect(isAsked || view.kind === "file" || !/<[^<>]+>/.test(view.command), view.id).toBe(true);
    }
  });
});

describe("a student's checks", () => {
  test.each(["lesson", "debian"] as ImageBase[])(
    "look at every step with something to do, with %s's images",
    (base) => {
      const names = studentNames(base);
      for (const each of lessonSteps(names, OPTIONS)) {
        const checks = studentChecks(each, names);
        expect(checks.length > 0, each.id).toBe(each.tasks.length > 0);
        expect(checks.filter(({ hint, command }) => hint === "" || command === "")).toEqual([]);
      }
    },
  );

  test("hold for a terminal in which the command was typed, and for no other one", async () => {
    const shown =
      "student@node1:~$ docker version\nClient:\n Version: 20.10\n\nServer:\n Version: 20.10\nstudent@node1:~$";
    const good = shellThat(() => ({ output: shown }));
    expect(await checkStep(good.shell, studentChecks(step("1"), NAMES))).toMatchObject({ outcome: "passed" });
    const quoted = shellThat(() => ({ output: shown.replace("$ docker version", "$ echo docker version") }));
    expect(await checkStep(quoted.shell, studentChecks(step("1"), NAMES))).toMatchObject({
      outcome: "failed",
      checked: [{ expected: expect.stringContaining("`docker version`"), hint: expect.any(String) }],
    });
  });

  test("hold for a command that filled its line exactly, and so ran into its output", async () => {
    const commands = studentChecks(step("5"), NAMES).map(({ hint }) => /`([^`]+)`/.exec(hint)?.[1] ?? "");
    const layers = `["sha256:${"ab".repeat(32)}"]`;
    const [base = "", own = ""] = commands.map((command) => command.replace("<image ID>", "92d79b6de29f"));
    const shown = `student@node1:~$ ${base}${layers}\nstudent@node1:~$ ${own}\n${layers}\nstudent@node1:~$`;
    expect(commands).toHaveLength(2);
    expect(await checkStep(shellThat(() => ({ output: shown })).shell, studentChecks(step("5"), NAMES))).toMatchObject({
      outcome: "passed",
    });
  });

  test("of an exit code are told in words, once", async () => {
    const checks = [{ expected: "a", contains: ["a"] }];
    const exitCodeOnly = { command: "test", exitCode: { expected: "a file", code: 0 }, checks: [], hint: "h" };
    const both = { command: "test", exitCode: { expected: "exit code 0", code: 0 }, checks, hint: "h" };
    const good = shellThat(() => ({ output: "a" })).shell;
    expect((await checkStep(good, [exitCodeOnly, both])).checked).toEqual([{ expected: "a file" }, { expected: "a" }]);
    const bad = shellThat(() => ({ exitCode: 1 })).shell;
    expect((await checkStep(bad, [exitCodeOnly])).checked).toMatchObject([
      { expected: "a file", found: expect.any(String) },
    ]);
    expect((await checkStep(bad, [both])).checked).toMatchObject([{ expected: "exit code 0", hint: "h" }]);
  });

  test("stop at the first thing that is missing", async () => {
    const node = shellThat(() => ({ exitCode: 1, output: "Error: No such image: ourfiglet" }));
    const { outcome, checked } = await checkStep(node.shell, studentChecks(step("2"), NAMES));
    expect({ outcome, commands: node.commands.length }).toEqual({ outcome: "failed", commands: 1 });
    expect(checked.at(-1)?.found).toContain("No such image");
  });

  test("that read more than they may fail, and say so", async () => {
    // All that is wanted, and more after it than is read.
    const task = findTask(STEPS, "3.1");
    const output = task?.kind === "file" ? task.content : "";
    const { outcome, checked } = await checkStep(
      shellThat(() => ({ exitCode: 123, output })).shell,
      studentChecks(step("3"), NAMES),
    );
    expect({ outcome, checked }).toMatchObject({
      outcome: "failed",
      checked: [{ found: "more than 256 KB of output, which is too much to check", hint: expect.any(String) }],
    });
  });

  test("read a terminal of any length", () => {
    expect(studentChecks(step("1"), NAMES)[0]?.command).toMatch(
      /capture-pane .* \| head --bytes=8000000 \| tail --bytes=500000$/,
    );
  });

  test("of a file hold when the student has gone on with it", async () => {
    const task = findTask(STEPS, "3.1");
    const content = task?.kind === "file" ? task.content : "";
    const index = studentChecks(step("3"), NAMES)[0];
    const node = shellThat(() => ({ output: `${content}console.log("this is v0.2");\n` }));
    const result = await checkStep(node.shell, studentChecks(step("3"), NAMES));
    expect(index?.command).toBe("cat index.js");
    expect(result.checked[0]).toEqual({ expected: "the file index.js with the lines of this page" });
  });
});

test("a lesson of one's own is shown with its clicks, and looked at by its own checks", async () => {
  const lesson = ownLesson(openLesson("docs/lessons/greeting"));
  const tasks = lessonView(lesson.steps, "node7").flatMap((view) => view.tasks);
  expect(tasks.map((task) => (task.kind === "file" ? task.path : task.command))).toEqual([
    "greeting.txt",
    "Dockerfile",
    "docker image build --tag greeting:v1 .",
    "docker image ls greeting",
    "docker container run --name greeter greeting:v1",
    "docker container run --rm -ti greeting:v1 sh",
    "ls /greeting.txt",
    "exit",
    "docker container logs <container ID>",
  ]);
  expect(JSON.stringify(tasks)).toContain("Build it on <code>node7</code>");
  const [first, second] = lesson.steps;
  const node = shellThat(() => ({ output: "Good morning" }));
  expect(first && (await checkStep(node.shell, lesson.checks[first.id] ?? [])).outcome).toBe("passed");
  expect(second && (await checkStep(node.shell, lesson.checks[second.id] ?? [])).outcome).toBe("failed");
});

describe("a click", () => {
  const command = (id: string) => {
    const task = findTask(STEPS, id);
    return task?.kind === "command" ? task : expect.fail(`${id} is no command`);
  };
  const taskWith = (text: string) =>
    lessonView(STEPS, "node1")
      .flatMap(({ tasks }) => tasks)
      .find((view) => view.kind === "command" && view.command.includes(text))?.id ?? "";

  test("on a command with a name in angle brackets finds the value on the node", async () => {
    const { shell } = shellThat(() => ({ output: "b934ed40b559\n" }));
    expect(await commandFor(shell, command(taskWith("container diff")))).toEqual({
      command: "docker container diff b934ed40b559",
    });
  });

  test.each(["", "two\nlines", "$(reboot)"])("with %j for a value types nothing, and says why", async (output) => {
    const { shell } = shellThat(() => ({ output }));
    await expect(commandFor(shell, command(taskWith("container diff")))).rejects.toThrow(NotYet);
  });

  test("on a scan of a registry's image that cannot be reached scans another one, and says so", async () => {
    const { shell } = shellThat(() => ({ exitCode: 1 }));
    const answer = await commandFor(shell, command(taskWith("registry.test")));
    expect(answer.command).toBe("trivy image --severity HIGH,CRITICAL hello:v0.1");
    expect(answer.note).toContain("registry.test did not answer");
  });

  test("on a file makes it, and asks before a changed one is replaced", async () => {
    const task = findTask(STEPS, "3.1");
    if (task?.kind !== "file") {
      expect.fail("3.1 is no file");
    }
    const missing = shellThat(() => ({ exitCode: 1, output: "cat: index.js: No such file or directory" }));
    expect(await writeFile(missing.shell, task, "keep")).toEqual({ outcome: "written" });
    expect(missing.written.get("index.js")).toBe(task.content);
    const changed = shellThat(() => ({ output: "mine" }));
    expect(await writeFile(changed.shell, task, "keep")).toEqual({ outcome: "differs" });
    expect(changed.written.size).toBe(0);
    expect(await writeFile(changed.shell, task, "replace")).toEqual({ outcome: "written" });
    const endless = shellThat(() => ({ exitCode: 123, output: task.content }));
    expect(await writeFile(endless.shell, task, "keep")).toEqual({ outcome: "differs" });
    expect(endless.limits[0]?.maxOutputBytes).toBeLessThan(20_000);
  });

  test("on a file that cannot be read or written says why", async () => {
    const task = findTask(STEPS, "3.1");
    if (task?.kind !== "file") {
      expect.fail("3.1 is no file");
    }
    const pipe = shellThat(() => ({ exitCode: 124 }));
    const words = "index.js on your machine cannot be read, because it never ends. Remove it first: rm index.js";
    await expect(writeFile(pipe.shell, task, "keep")).rejects.toThrow(new NotYet(words));
    const folder = {
      ...shellThat(() => ({ exitCode: 1 })).shell,
      write: () => Promise.reject(new Error("index.js cannot be written: Is a directory")),
    };
    await expect(writeFile(folder, task, "keep")).rejects.toThrow(
      new NotYet("index.js cannot be written: Is a directory"),
    );
  });

  test("has a limit of bytes and of seconds for whatever it reads", async () => {
    const node = shellThat(() => ({ output: "b934ed40b559" }));
    for (const each of STEPS) {
      await checkStep(node.shell, studentChecks(each, NAMES));
      for (const [index, task] of each.tasks.entries()) {
        const found = findTask(STEPS, `${each.id}.${index + 1}`);
        if (task.kind === "command" && found?.kind === "command") {
          await commandFor(node.shell, found);
        } else if (found?.kind === "file") {
          await writeFile(node.shell, found, "replace");
          await writeFile(node.shell, found, "keep");
        }
      }
    }
    expect(node.limits.length).toBeGreaterThan(10);
    for (const { maxOutputBytes = Infinity, timeoutSeconds = Infinity } of node.limits) {
      expect(maxOutputBytes).toBeLessThanOrEqual(256 * 1024);
      expect(timeoutSeconds).toBeLessThanOrEqual(60);
    }
  });
});
