import { homedir } from "node:os";
import { join } from "node:path";
import { type Address, parseAddress } from "../../../../adapters/docker/connection/address";
import { certificateFolder, readCertificates } from "../../../../adapters/docker/connection/client-config";
import type { PropertyMap } from "../../framework/provider";
import { text, texts } from "../../framework/values";
import { Engine } from "./engine";

/** An Engine that does not answer at all must not hold up a preview for ever; a login over SSH has 30 s of its own. */
const PING_MILLISECONDS = 45_000;

/** Provider arguments that are implemented. */
export const CONFIGURATION = ["host", "sshOpts", "certPath", "disableDockerDaemonCheck"] as const;

/** Makes the connection, and proves that an Engine answers: as the official plugin, a preview fails without one. */
export async function configure(configuration: PropertyMap, environment: NodeJS.ProcessEnv): Promise<Engine> {
  const hosts = candidateHosts(text(configuration.host), environment);
  const sshOptions = configuration.sshOpts
    ? texts(configuration.sshOpts)
    : (environment.DOCKER_SSH_OPTS ?? "").split(/\s+/).filter(Boolean);
  const engines = hosts.map((host) => {
    const address = withTls(parseAddress(host), text(configuration.certPath), environment);
    return { host, engine: new Engine(address, sshOptions, environment) };
  });
  const isChecked = String(configuration.disableDockerDaemonCheck) !== "true";
  const failures: string[] = [];
  for (const { host, engine } of engines) {
    try {
      if (isChecked) {
        await engine.ping(AbortSignal.timeout(PING_MILLISECONDS));
      }
      return engine;
    } catch (error) {
      failures.push(`${host}: ${error instanceof Error ? describe(error) : String(error)}`);
    }
  }
  throw new Error(`failed to connect to any docker daemon: ${failures.join("; ")}`);
}

/** Addresses to try, in order. A given one is the only one; else where Docker and Docker Desktop usually listen. */
export function candidateHosts(host: string | undefined, environment: NodeJS.ProcessEnv): string[] {
  const given = [host, environment.DOCKER_HOST].find((value) => value !== undefined && value !== "");
  return given === undefined
    ? ["unix:///var/run/docker.sock", `unix://${join(homedir(), ".docker/run/docker.sock")}`]
    : [given];
}

/** The address with what TLS needs. `certPath` is the provider's argument; without it, the environment says whether there is TLS. */
function withTls(address: Address, certPath: string | undefined, environment: NodeJS.ProcessEnv): Address {
  if (address.kind !== "tcp") {
    return address;
  }
  const folder = certPath || certificateFolder(environment);
  return folder === undefined ? address : { ...address, certificates: readCertificates(folder) };
}

/** Node.js gives some connection errors an empty message and the cause as a code alone. */
function describe(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return error.message === "" ? code : error.message;
}
