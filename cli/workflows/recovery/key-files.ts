import { execa } from "execa";
import type { PulumiStack } from "../../../adapters/pulumi/run";
import { readStateWithSecrets } from "../../../adapters/pulumi/state";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import { LabError } from "../../../core/errors";

/** Whether a resource is the command that writes the operator's key files, and has done so. */
export function isAccessFiles({ type, name, id }: StateResource): boolean {
  return type === "command:local:Command" && name.endsWith("-access-files") && id !== undefined;
}

/** Writes the operator's key files again, just as the lab wrote them: the state has all of it. */
export async function writeKeyFiles(stack: PulumiStack): Promise<void> {
  const files = (await readStateWithSecrets(stack)).find(isAccessFiles);
  if (files === undefined) {
    return;
  }
  const variables = Object.entries(files.inputs["environment"] ?? {}).map(([name, value]) => [name, plainText(value)]);
  const { exitCode, stderr } = await execa("bash", ["-c", plainText(files.inputs["create"])], {
    cwd: stack.directory,
    env: { ...stack.environment, ...Object.fromEntries(variables) },
    extendEnv: false,
    input: plainText(files.inputs["stdin"]),
    reject: false,
  });
  if (exitCode !== 0) {
    throw new LabError(`The key files could not be written again: ${stderr}`);
  }
}
