import { readFileSync } from "node:fs";
import { readState } from "../../../../adapters/pulumi/state";
import { openNodeShell } from "../../../../adapters/ssh/node-shell";
import { readSeatAccess } from "../../../../adapters/ssh/seat-access";
import { bakeFile } from "../../../../components/machines/bake-inputs";
import { movesIn } from "../../../../config/moves";
import { knownSeats } from "../../../../core/class-state/known-seats";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import type { PreparedLab } from "../../prepare/prepared-lab";

const FOLDER = "/usr/local/lib/lab-nodes";

const FILES = ["prepare-instance.sh", "clean-node.sh"];

const LIMIT_SECONDS = 300;
/** Characters at the end of the script's output that an error quotes. */
const LONGEST_REASON = 2000;

/** Removes from the bakery's instance, over SSH, everything that belongs to it alone. */
export async function prepareInstance({ options, runtime, signal }: CommandContext, lab: PreparedLab) {
  const [seat] = knownSeats(await readState(lab.stack), movesIn(lab.config.read()));
  if (seat?.ssh === undefined) {
    throw new LabError(`The node of the lab "${options.stack}" is missing: its instance was terminated.`);
  }
  const access = readSeatAccess(runtime.programDirectory, options.stack, seat.node);
  const shell = await openNodeShell({ ...seat.ssh, ...access }, { signal });
  try {
    for (const name of FILES) {
      await shell.write(`${FOLDER}/${name}`, readFileSync(bakeFile(name), "utf8"));
    }
    const paths = FILES.map((name) => `${FOLDER}/${name}`);
    const command = `chmod 0755 ${paths.join(" ")} && ${paths[0]}`;
    const { exitCode, output } = await shell.run(command, { signal, timeoutSeconds: LIMIT_SECONDS });
    if (exitCode !== 0) {
      const reason = output.trim().slice(-LONGEST_REASON) || `exit code ${exitCode}`;
      throw new LabError(`The node could not be prepared for a bake: ${reason}`, {
        hint: "Nothing was saved. If the disk is full: pulumi config set --path aws.rootGigabytes 30",
      });
    }
  } finally {
    shell.close();
  }
}

/** The id of the bakery's instance, from Pulumi's state. */
export async function instanceOf({ stack }: PreparedLab): Promise<string> {
  const id = (await readState(stack)).find(({ type }) => type === "aws:ec2/instance:Instance")?.id;
  if (id === undefined) {
    throw new LabError(`The lab "${stack.name}" has no instance.`);
  }
  return id;
}
