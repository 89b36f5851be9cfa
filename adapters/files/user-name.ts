import { userInfo } from "node:os";

/** Name of the user who runs this process. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return process.env["USER"] ?? "unknown";
  }
}
