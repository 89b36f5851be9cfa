import { randomBytes } from "node:crypto";
import { compareInputs } from "../framework/diff";
import {
  type CallContext,
  type CheckFailure,
  type PropertyMap,
  type PropertyValue,
  type ResourceHandler,
  UNKNOWN,
} from "../framework/provider";
import { refuseUnlisted } from "../framework/refusals";
import { object, text } from "../framework/values";
import { type CommandOutput, LOGGING, type Logging } from "./transcript";

/** Inputs that local and remote commands share. */
const SHARED_INPUTS = [
  "addPreviousOutputInEnv",
  "create",
  "delete",
  "environment",
  "logging",
  "stdin",
  "triggers",
  "update",
] as const;

/** One command to run, its inputs parsed. */
export interface CommandRequest {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the run before wrote, for commands that build on it. They may do without. */
  readonly previousOutput: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly logging: Logging;
  /** All inputs, for those that only one kind of command has. */
  readonly inputs: PropertyMap;
}

/** What distinguishes a local command from a remote one. */
interface CommandKind {
  readonly inputs: readonly string[];
  check(inputs: PropertyMap): { inputs: PropertyMap; failures: readonly CheckFailure[] };
  run(request: CommandRequest, context: CallContext): Promise<CommandOutput>;
}

const NO_OUTPUT: CommandOutput = { stdout: "", stderr: "" };

/** A resource whose life is a set of commands: one on create, one on update, one on delete. */
export function commandResource(kind: CommandKind): ResourceHandler<undefined> {
  const runIfGiven = async (command: PropertyValue, inputs: PropertyMap, last: CommandOutput, context: CallContext) =>
    typeof command === "string" ? kind.run(toRequest(command, inputs, last), context) : last;
  return {
    inputs: [...SHARED_INPUTS, ...kind.inputs],
    check: (inputs) => checkCommand(kind, inputs),
    diff: (old, inputs) => compareInputs(old.inputs, inputs, ["triggers"]),
    preview: (inputs) => ({ ...inputs, stdout: UNKNOWN, stderr: UNKNOWN }),
    async create(_client, inputs, context) {
      const output = await runIfGiven(inputs["create"] ?? null, inputs, NO_OUTPUT, context);
      return { id: newId(context.urn), properties: { ...inputs, ...output } };
    },
    read: async (_client, old) => old,
    async update(_client, old, inputs, context) {
      const command = inputs["update"] ?? inputs["create"] ?? null;
      const output = await runIfGiven(command, inputs, outputOf(old.properties), context);
      return { ...inputs, ...output };
    },
    async delete(_client, old, context) {
      await runIfGiven(old.properties["delete"] ?? null, old.properties, outputOf(old.properties), context);
    },
  };
}

/** The official provider fills in this default, so that it shows in the inputs. */
function checkCommand(kind: CommandKind, inputs: PropertyMap): ReturnType<CommandKind["check"]> {
  const checked = kind.check({ ...inputs, addPreviousOutputInEnv: inputs["addPreviousOutputInEnv"] ?? true });
  const refused = refuseUnlisted("logging", inputs["logging"] ?? "stdoutAndStderr", LOGGING);
  return { inputs: checked.inputs, failures: [...checked.failures, ...refused] };
}

function toRequest(command: string, inputs: PropertyMap, last: CommandOutput): CommandRequest {
  return {
    command,
    environment: Object.fromEntries(
      Object.entries(object(inputs["environment"])).map(([name, value]) => [name, String(value)]),
    ),
    previousOutput: inputs["addPreviousOutputInEnv"] === false ? {} : previousOutput(last),
    stdin: text(inputs["stdin"]) ?? "",
    logging: (inputs["logging"] ?? "stdoutAndStderr") as Logging,
    inputs,
  };
}

function previousOutput({ stdout, stderr }: CommandOutput): Record<string, string> {
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function outputOf(properties: PropertyMap): CommandOutput {
  return { stdout: text(properties["stdout"]) ?? "", stderr: text(properties["stderr"]) ?? "" };
}

/** Name of the resource and eight hexadecimal digits, as the official provider names its commands. */
function newId(urn: string): string {
  const name = urn.split("::").slice(3).join("::");
  return `${name}${randomBytes(4).toString("hex")}`;
}
