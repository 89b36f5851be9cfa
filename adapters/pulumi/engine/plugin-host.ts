import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { pluginHostProgram } from "../../../airgap/plugins/install";

/** The process that serves all air-gapped plugins of one pulumi run. */
export interface PluginHost {
  /** Variables for pulumi by which its plugins find the host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined where there is none. */
  readonly processId: number | undefined;
  /** Ends it. Call it when pulumi has ended. */
  stop(): Promise<void>;
}

interface PluginHostOptions {
  readonly directory: string;
  /** The environment of the pulumi run, PULUMI_HOME in it. */
  readonly environment: NodeJS.ProcessEnv;
}

/** How long a host without work may take to leave. */
const LEAVE_MILLISECONDS = 3_000;

/** An engine without our plugins has no host either. */
const NO_HOST: PluginHost = { environment: {}, processId: undefined, stop: async () => undefined };

/**
 * Starts the host of an air-gapped engine's plugins, and does not wait for it: plugins that ask before it is up wait in
 * the socket's queue. Where it fails to start, or ends, they start by themselves, as with plain pulumi.
 */
export async function startPluginHost({ directory, environment }: PluginHostOptions): Promise<PluginHost> {
  const home = environment["PULUMI_HOME"];
  const program = home ? pluginHostProgram(home) : undefined;
  if (program === undefined || !existsSync(program)) {
    return NO_HOST;
  }
  const token = randomBytes(24).toString("base64url");
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const host = fork(program, {
    cwd: directory,
    env: environment,
    execArgv: ["--max-semi-space-size=8"],
    // A process group of its own: Ctrl-C is for `lab`, and a running step needs its plugin to end in order.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // It takes over the socket, and hears by the end of this channel that we are gone.
  host.send({ token }, server, () => server.close());
  host.on("error", () => server.close());
  return { environment: { LAB_PLUGIN_HOST: `${port} ${token}` }, processId: host.pid, stop: () => stop(host) };
}

async function stop(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null || host.pid === undefined) {
    return;
  }
  const left = once(host, "exit");
  const tooLate = setTimeout(() => host.kill("SIGKILL"), LEAVE_MILLISECONDS);
  if (host.connected) {
    host.disconnect();
  }
  await left;
  clearTimeout(tooLate);
}

const LOGS_FILE_TEXT = `Without this file pulumi would make a folder in its place, and keep a log of every command there: 5 MB and a
second of processor time for each in a class of twenty. To have those logs, remove this file and make that folder.
`;

/**
 * Prevents pulumi from writing a log of its own about every command into a PULUMI_HOME, for which it has no setting: where it
 * cannot make its folder of logs, it continues without (pulumi 3.259.0, pkg/logging). A folder that is there stays in use.
 */
export async function preventPulumiLogs(pulumiHome: string): Promise<void> {
  await mkdir(pulumiHome, { recursive: true });
  try {
    await writeFile(join(pulumiHome, "logs"), LOGS_FILE_TEXT, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
}
