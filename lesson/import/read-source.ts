import { CONTROL_CHARACTERS } from "../folder/control-characters";
import type { Problem } from "../folder/problem";
import { inOrder, readSourcePage, splitAtHeadings } from "./pages";
import { readScenario, readScenarioSettings } from "./scenario";
import type { Source } from "./source";

const MARKDOWN = /\.(?:md|markdown)$/i;
const YAML = /\.ya?ml$/i;
const LONGEST_PAGE = 150_000;
const MOST_PAGES = 100;

/**
 * Reads a source for HobbyFarm (a Scenario in YAML, or a folder of pages with a scenario.yml for checks) or for Play with Docker
 * (a post). Undefined if there is no page, with the reasons among the problems.
 */
export function readSource(files: ReadonlyMap<string, string>, problems: Problem[]): Source | undefined {
  const clean = new Map([...files].map(([name, text]) => [name, withoutControls(name, text, problems)]));
  const [only, ...others] = clean;
  if (only !== undefined && others.length === 0 && YAML.test(only[0])) {
    return limited(readScenario(only[0], only[1], problems), problems);
  }
  const pages = [...clean]
    .filter(([name]) => MARKDOWN.test(name) && !/(?:^|\/)readme\./i.test(name))
    .map(([name, text]) => readSourcePage(name, text, problems));
  const [single, ...more] = pages;
  if (single === undefined) {
    return undefined;
  }
  if (more.length === 0) {
    return limited({ title: single.title, pages: splitAtHeadings({ ...single }), tasks: [] }, problems);
  }
  const settings = [...clean].find(([name]) => YAML.test(name));
  const { title = undefined, tasks = [] } = settings === undefined ? {} : readScenarioSettings(...settings, problems);
  return limited({ title, pages: inOrder(pages), tasks }, problems);
}

/** Removes control characters, which lessons must not contain. */
function withoutControls(file: string, text: string, problems: Problem[]): string {
  const lines = text.replaceAll("\ufeff", "").replaceAll(/\r\n?/g, "\n").split("\n");
  return lines
    .map((line, index) => {
      const clean = line.replaceAll(CONTROL_CHARACTERS, "");
      if (clean !== line) {
        problems.push({ file, line: index + 1, message: "control characters were removed" });
      }
      return clean;
    })
    .join("\n");
}

function limited(source: Source | undefined, problems: Problem[]): Source | undefined {
  if (source === undefined) {
    return undefined;
  }
  const kept = source.pages.filter(({ file, line, markdown }, index) => {
    const isTaken = index < MOST_PAGES && markdown.length <= LONGEST_PAGE;
    if (!isTaken) {
      const limits = `${MOST_PAGES} pages of ${LONGEST_PAGE} characters`;
      problems.push({ file, line, message: `more than ${limits}: this page was not imported` });
    }
    return isTaken;
  });
  return { ...source, pages: kept };
}
