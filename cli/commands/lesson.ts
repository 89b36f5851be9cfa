import { type CommandBuilder, jsonOption } from "./command-builder";

const HELP = `
A lesson is a folder: README.md, whose heading is its title, and a page for each step, 1-hello.md, 2-more.md. In a page

  \`\`\`ctr:node1              a command: a click runs it, lab verify performs it
  docker run --rm my:v1
  \`\`\`
  <!-- expect: hello -->     what must be seen then

  \`\`\`file:js:index.js:node1 a file to create

docs/lessons.md tells the rest; docs/lessons/greeting is an example. Then:
  ./lab lesson check my-lesson             what is wrong with it, by file and line
  ./lab verify --lesson my-lesson          performs it on the seats
  ./lab portal --lesson my-lesson          serves it to students`;

const IMPORT_HELP = `
SOURCE is a Scenario of HobbyFarm in YAML, a folder with its pages, or a Markdown file, such as a post of Play with Docker.
What cannot be carried over is told by file and line, and stays on the page to be read.
Exit codes: 0 the folder is written, also when something was told; 1 there was nothing to import; 2 wrong usage, such as a DIR
that is not empty.

  ./lab lesson import scenario.yaml my-lesson
  ./lab lesson import 2017-01-30-alpine.markdown alpine`;

/** Usage of `lab lesson`. */
export function lessonCommand(kit: CommandBuilder): void {
  const lesson = kit.command("lesson", "Lessons of one's own: checks one, or imports one from elsewhere");
  lesson.addHelpText("after", HELP);
  lesson
    .command("check <dir>")
    .description("Says what is wrong with a lesson, by file and line; exit code 1 when something is")
    .addOption(jsonOption())
    .action((dir, options) => {
      const { checkLesson } = require("../workflows/lesson/index") as typeof import("../workflows/lesson/index");
      kit.endWith(checkLesson(kit.contextOf(options), dir));
    });
  lesson
    .command("import <source> <dir>")
    .description("Makes a lesson of one for HobbyFarm or Play with Docker, and says what it could not translate")
    .addHelpText("after", IMPORT_HELP)
    .addOption(jsonOption())
    .action((source, dir, options) => {
      const { importIntoFolder } = require("../workflows/lesson/index") as typeof import("../workflows/lesson/index");
      importIntoFolder(kit.contextOf(options), source, dir);
    });
}
