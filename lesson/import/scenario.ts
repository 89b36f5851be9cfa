import { z } from "zod";
import { parseYaml } from "../folder/front-matter";
import { type Problem, reportTo } from "../folder/problem";

/** A check of HobbyFarm: a command and its expected result. */
const taskSchema = z
  .object({
    name: z.string(),
    command: z.string(),
    expected_output_value: z.string().default(""),
    expected_return_code: z.number().int().min(0).max(255).default(0),
    return_type: z.string().default("Return_Code_And_Text"),
  })
  .transform(({ name, command, expected_output_value, expected_return_code, return_type }) => ({
    name,
    command,
    output: return_type === "Return_Code" ? undefined : expected_output_value,
    isPattern: return_type === "Match_Regex",
    exitCode: ["Return_Code", "Return_Code_And_Text"].includes(return_type) ? expected_return_code : undefined,
  }));

const tasksSchema = z
  .array(z.object({ vm_name: z.string(), tasks: z.array(taskSchema).default([]) }))
  .nullish()
  .transform((machines) =>
    (machines ?? []).flatMap(({ vm_name, tasks }) => tasks.map((task) => ({ node: vm_name, ...task }))),
  );

/** HobbyFarm's Scenario, as `kubectl get -o yaml` gives it: texts are in base64. */
const scenarioSchema = z.object({
  kind: z.literal("Scenario"),
  spec: z.object({
    name: z.string().default(""),
    steps: z
      .array(z.object({ title: z.string(), content: z.string() }))
      .min(1)
      .max(100),
    vm_tasks: tasksSchema,
  }),
});

const settingsSchema = z.object({ name: z.string().optional(), vm_tasks: tasksSchema });

export type SourceTask = z.infer<typeof tasksSchema>[number];

/** A text to convert to a page of a lesson. */
export interface SourcePage {
  /** The file, and the part of it if a file has several. */
  readonly file: string;
  /** The line of that file on which `markdown` begins. */
  readonly line: number;
  /** @default - the page's first heading */
  readonly title?: string;
  readonly markdown: string;
}

/** A lesson as it was written for another program. */
export interface Source {
  readonly title: string | undefined;
  readonly pages: readonly SourcePage[];
  readonly tasks: readonly SourceTask[];
}

/** Reads a Scenario; undefined if it is invalid, with the reasons among the problems. */
export function readScenario(file: string, text: string, problems: Problem[]): Source | undefined {
  const parsed = scenarioSchema.safeParse(parseYaml(text, 1, reportTo(problems, file)));
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    const what = `${first?.path.join(".") ?? ""}: ${first?.message ?? "unknown"}`;
    problems.push({ file, line: 1, message: `this is not a HobbyFarm Scenario (${what})` });
    return undefined;
  }
  const { name, steps, vm_tasks: tasks } = parsed.data.spec;
  const pages = steps.map(({ title, content }, index): SourcePage => {
    const part = `${file} (step ${index + 1})`;
    const decode = (value: string) => {
      const decoded = decodeBase64(value);
      if (decoded === undefined) {
        problems.push({ file: part, line: 1, message: "this text is not base64; it is used unchanged" });
      }
      return decoded ?? value;
    };
    return { file: part, line: 1, title: decode(title).trim(), markdown: decode(content) };
  });
  return { title: name === "" ? undefined : (decodeBase64(name) ?? name).trim(), pages, tasks };
}

/** The title and the students' checks in the scenario.yml of a folder of pages. */
export function readScenarioSettings(file: string, text: string, problems: Problem[]): Pick<Source, "title" | "tasks"> {
  const { data } = settingsSchema.safeParse(parseYaml(text, 1, reportTo(problems, file)) ?? {});
  return { title: data?.name, tasks: data?.vm_tasks ?? [] };
}

/** Undefined for what is not base64 of a text. */
function decodeBase64(value: string): string | undefined {
  const compact = value.replaceAll(/\s/g, "");
  const bytes = Buffer.from(compact, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== compact.replace(/=+$/, "")) {
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
