import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configFolder } from "../client-config";

/** What a connection to a Docker Engine over TLS needs, in PEM. */
export interface Certificates {
  /** Who signed the Engine's certificate. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** TLS settings that are incomplete. The message says what to do. */
export class TlsError extends Error {}

/**
 * Folder of the certificates for an Engine at tcp://, as the docker client finds it: DOCKER_TLS_VERIFY switches TLS on,
 * DOCKER_CERT_PATH names the folder, which is that of the client's config by default. Undefined without TLS. Throws a
 * TlsError for settings that the client, or Pulumi's plugin, takes for TLS without a check of the Engine, or for none.
 */
export function certificateFolder(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment["DOCKER_TLS_VERIFY"]) {
    return environment["DOCKER_CERT_PATH"] || configFolder(environment);
  }
  const half = ["DOCKER_CERT_PATH", "DOCKER_TLS"].find((name) => environment[name]);
  if (half !== undefined) {
    throw new TlsError(
      `${half} is set and DOCKER_TLS_VERIFY is not, so nothing would check the Docker Engine. ` +
        `Run: export DOCKER_TLS_VERIFY=1 (for a connection without TLS: unset ${half})`,
    );
  }
  return undefined;
}

/** Reads the certificates in a folder. Throws a TlsError that names the file that is missing. */
export function readCertificates(folder: string): Certificates {
  const read = (name: string) => {
    const file = join(folder, name);
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new TlsError(
        `Cannot read ${file} (${error instanceof Error ? error.message : String(error)}). TLS to a Docker Engine needs ` +
          "ca.pem, cert.pem and key.pem in one folder. Run: export DOCKER_CERT_PATH=/path/to/that/folder",
      );
    }
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
