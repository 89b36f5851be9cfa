import { join } from "node:path";

/** A student's home, kept. */
export interface KeptHome {
  readonly seat: string;
  /** The archive, as it is typed in the clone. */
  readonly file: string;
  readonly bytes: number;
  /** What the node said of files that are not in the archive, or changed while it was made; a line each. */
  readonly leftOut: readonly string[];
}

/** Where a stack's kept homes are, relative to the program. They outlive the lab. */
export function homesDirectory(stack: string): string {
  return join(".lab", stack, "homes");
}

/** The archive of a seat's home: its seat, and when it was kept (UTC), so that no archive takes another's place. */
export function homeArchive(stack: string, seat: string, at: Date): string {
  return join(homesDirectory(stack), `${seat}-${at.toISOString().replace(/[-:]|\.\d+/g, "")}.tar.gz`);
}

/** "0.4 KB", "12 KB", "3.1 MB": how big an archive is. */
export function formatBytes(bytes: number): string {
  const units = ["KB", "MB", "GB"] as const;
  const size = (power: number) => bytes / 1024 ** power;
  const power = size(3) >= 1 ? 3 : size(2) >= 1 ? 2 : 1;
  return `${size(power).toFixed(size(power) < 10 ? 1 : 0)} ${units[power - 1]}`;
}
