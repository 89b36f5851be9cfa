/** Why a Docker Engine did not answer, as far as it decides what to do about it. */
export type Unreachable = "permission denied" | "not running" | "no good answer";

/** Sorts an error of the Docker client. */
export function whyUnreachable(error: unknown): Unreachable {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    // No socket; or a socket that outlived its daemon.
    case "ENOENT":
    case "ECONNREFUSED":
      return "not running";
    default:
      return "no good answer";
  }
}
