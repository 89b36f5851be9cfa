import { type Dialect, fence } from "./render-step";

/** Markdown as every viewer shows it, with blocks that can be copied. */
export const MARKDOWN: Dialect = {
  hostname: "node1",
  command: (command) => fence("sh", command),
  template: (command) => fence("sh", command),
  file: ({ path, language, content }) => `\`${path}\`:\n\n${fence(language, content)}`,
  output: (output) => fence("text", output),
};

/** HobbyFarm's markup: a click runs a command on the machine, or writes a file there. */
export const HOBBYFARM: Dialect = {
  hostname: `\${vminfo:node1:hostname}`,
  command: (command) => fence("ctr:node1", command),
  template: (command) => fence("", command),
  file: ({ path, language, content }) => fence(`file:${language}:${path}:node1`, content),
  output: (output) => fence("", output),
};
