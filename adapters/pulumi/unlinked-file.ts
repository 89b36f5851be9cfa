import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Opens an empty file that nobody else can: it has no name, and goes with the last process that has it open. */
export async function openUnlinkedFile(): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "lab-output-"));
  try {
    return await open(join(directory, "text"), "wx+", 0o600);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** All that was written to it, without the end of its last line. */
export async function readFromStart(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(size);
  // Not `readFile`, which starts where the last process stopped writing.
  const { bytesRead } = await file.read(bytes, 0, size, 0);
  return bytes.subarray(0, bytesRead).toString("utf8").replace(/\n$/, "");
}
