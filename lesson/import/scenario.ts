import { z } from "zod";
import { parseYaml } from "../folder/front-matter";
import type { Problem } from "../folder/problem";
import type { Source, SourcePage, SourceTask } from "./source";

const taskSchema = z.object({
  name: z.string(),
  command: z.string(),
  expected_output_value: z.string().default(""),
  expected_return_code: z.number().int().min(0).max(255).default(0),
  return_type: z.string().default("Return_Code_And_Text"),
});
const machineTasksSchema = z.object({ vm_name: z.string(), tasks: z.array(taskSchema).default([]) });

/** HobbyFarm's Scenario, as `kubectl get -o yaml` gives it: texts are in base64. */
const scenarioSchema = z.object({
  kind: z.literal("Scenario"),
  spec: z.object({
    name: z.string().default(""),
    steps: z
      .array(z.object({ title: z.string(), content: z.string() }))
      .min(1)
      .max(100),
    vm_tasks: z.array(machineTasksSchema).nullish(),
  }),
});

const settingsSchema = z.object({ name: z.string().optional(), vm_tasks: z.array(machineTasksSchema).nullish() });

/** Reads a Scenario; undefined if it is invalid, with the reasons among the problems. */
export function readScenario(file: string, text: string, problems: Problem[]): Source | undefined {
  const data = parseYaml(text, 1, (line, message) => void problems.push({ file, line, message }));
  const parsed = scenarioSchema.safeParse(data);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    const what = `${first?.path.join(".") ?? ""}: ${first?.message ?? "unknown"}`;
    problems.push({ file, line: 1, message: `this is not a HobbyFarm Scenario (${what})` });
    return undefined;
  }
  const { name, steps, vm_tasks } = parsed.data.spec;
  const pages = steps.map((step, index): SourcePage => {
    const part = `${file} (step ${index + 1})`;
    const decode = (value: string) => decodeBase64(value) ?? notBase64(part, value, problems);
    return { file: part, line: 1, title: decode(step.title).trim(), markdown: decode(step.content) };
  });
  const title = name === "" ? undefined : (decodeBase64(name) ?? name).trim();
  return { title, pages, tasks: tasksOf(vm_tasks) };
}

/** What a scenario.yml beside a folder of pages adds to them: a name, and students' checks. */
export function readScenarioSettings(file: string, text: string, problems: Problem[]): Pick<Source, "title" | "tasks"> {
  const data = parseYaml(text, 1, (line, message) => void problems.push({ file, line, message }));
  const parsed = settingsSchema.safeParse(data ?? {});
  return parsed.success
    ? { title: parsed.data.name, tasks: tasksOf(parsed.data.vm_tasks) }
    : { title: undefined, tasks: [] };
}

function tasksOf(machines: z.infer<typeof scenarioSchema>["spec"]["vm_tasks"]): SourceTask[] {
  return (machines ?? []).flatMap(({ vm_name, tasks }) =>
    tasks.map(({ name, command, expected_output_value, expected_return_code, return_type }) => ({
      node: vm_name,
      name,
      command,
      output: return_type === "Return_Code" ? undefined : expected_output_value,
      isPattern: return_type === "Match_Regex",
      exitCode: ["Return_Code", "Return_Code_And_Text"].includes(return_type) ? expected_return_code : undefined,
    })),
  );
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

function notBase64(file: string, value: string, problems: Problem[]): string {
  problems.push({ file, line: 1, message: "this text is not base64; it is used unchanged" });
  return value;
}
