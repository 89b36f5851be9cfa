import { defineCommand, jsonOption, type LabCommand } from "./define-command";

const HELP = `
A lesson is a folder: README.md, whose heading is the lesson's title, and one page for each step, 1-hello.md, 2-more.md.
A page contains:

  \`\`\`ctr:node1              a command: a click runs it, lab verify performs it
  docker run --rm my:v1
  \`\`\`
  <!-- expect: hello -->     text that the command must print

  \`\`\`file:js:index.js:node1 a file: a click creates it

See docs/lessons.md for the format, docs/lessons/greeting for an example. Next steps:
  ./lab lesson check my-lesson             list its mistakes, by file and line
  ./lab verify --lesson my-lesson          perform it on the seats
  ./lab portal --lesson my-lesson          serve it to students`;

const IMPORT_HELP = `
SOURCE is a HobbyFarm Scenario in YAML, a folder with its pages, or a Markdown file, such as a Play with Docker post.
What cannot be translated is reported by file and line, and stays on the page as text.
Exit codes: 0 lesson written, with or without reports; 1 nothing to import; 2 wrong usage, such as a DIR that is not empty.

  ./lab lesson import scenario.yaml my-lesson
  ./lab lesson import 2017-01-30-alpine.markdown alpine`;

const checkCommand = defineCommand({
  name: "check",
  description: "List the mistakes in a lesson, by file and line; exit code 1 if there are any",
  flags: (command) => command.argument("<dir>").addOption(jsonOption()),
  async run(context, _, dir) {
    const { checkLesson } = require("../workflows/lesson/index") as typeof import("../workflows/lesson/index");
    return checkLesson(context, dir);
  },
});

const importCommand = defineCommand({
  name: "import",
  description: "Convert a HobbyFarm or Play with Docker lesson; report what could not be translated",
  flags: (command) =>
    command.argument("<source>").argument("<dir>").addHelpText("after", IMPORT_HELP).addOption(jsonOption()),
  async run(context, _, source, dir) {
    const { importIntoFolder } = require("../workflows/lesson/index") as typeof import("../workflows/lesson/index");
    importIntoFolder(context, source, dir);
  },
});

export const lessonCommand: LabCommand = {
  name: "lesson",
  description: "Check a lesson of your own, or import one",
  configure(lesson, launch) {
    lesson.addHelpText("after", HELP);
    for (const { name, description, configure } of [checkCommand, importCommand]) {
      configure(lesson.command(name).description(description), launch);
    }
  },
};
