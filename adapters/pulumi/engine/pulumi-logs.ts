import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const TEXT = `Without this file pulumi would make a folder in its place, and keep a log of every command there: 5 MB and a
second of processor time for each in a class of twenty. To have those logs, remove this file and make that folder.
`;

/**
 * Keeps pulumi from writing a log of its own about every command into a PULUMI_HOME, for which it has no setting: where it
 * cannot make its folder of logs, it goes on without (pulumi 3.259.0, pkg/logging). A folder that is there stays in use.
 */
export async function leaveOutPulumiLogs(pulumiHome: string): Promise<void> {
  await mkdir(pulumiHome, { recursive: true });
  try {
    await writeFile(join(pulumiHome, "logs"), TEXT, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
}
