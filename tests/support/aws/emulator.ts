import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { CreatedImage } from "./instance-images";
import { quietSdk } from "./plugin/quiet-sdk";
import { ensurePython } from "./python-environment";
import { type Region, type SeededImage, seeds } from "./ubuntu-images";

const SERVER = join(__dirname, "moto-server.py");
const START_MILLISECONDS = 60_000;

/** An account on this machine: EC2, SSM, STS and more of AWS's APIs, by moto. It forgets everything when it stops. */
export interface AwsEmulator {
  readonly endpoint: string;
  /** What every program needs that shall talk to it, and to no real account. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the aws plugin is configured with to talk to it. */
  provider(region: string): ProviderSettings;
  /** A client for looking at it. */
  ec2(region: Region): EC2Client;
  ssm(region: Region): SSMClient;
  stop(): Promise<void>;
}

interface ProviderSettings {
  readonly region: string;
  readonly endpoints: Record<"ec2" | "servicequotas" | "ssm" | "sts", string>[];
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface EmulatorOptions {
  /** Images beside those that the SSM public parameters name, e.g. the lock file's. */
  readonly images?: readonly SeededImage[];
  /** Keeps the disk of an instance that an image is made of: the image is pending meanwhile, and failed if this rejects. */
  readonly keepDisk?: (made: CreatedImage) => Promise<void>;
}

/** Starts an account with Ubuntu's images in it. It ends with this process at the latest. */
export async function startAwsEmulator(options: EmulatorOptions = {}): Promise<AwsEmulator> {
  quietSdk();
  const python = await ensurePython();
  const server = spawn(python, [SERVER], {
    env: { ...process.env, ...SERVER_SETTINGS },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stop = () => stopServer(server);
  try {
    server.stdin.write(`${JSON.stringify(seeds(options.images ?? []))}\n`);
    const lines = createInterface({ input: server.stdout });
    const endpoint = `http://127.0.0.1:${await portOf(server, lines)}`;
    // What else is printed there is moto's own.
    lines.on("line", (line) => {
      if (line.startsWith("{")) {
        void endImage(server, JSON.parse(line) as CreatedImage, options.keepDisk);
      }
    });
    const client = clientOptions(endpoint);
    const ec2 = (region: Region) => new EC2Client({ ...client, region });
    const ssm = (region: Region) => new SSMClient({ ...client, region });
    const provider = (region: string) => providerSettings(endpoint, region);
    return { endpoint, environment: clientEnvironment(endpoint), provider, ec2, ssm, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** moto's own checks, all of them: by itself it lets much pass that EC2 refuses. And no images but ours. */
const SERVER_SETTINGS = {
  MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
  MOTO_ENABLE_KEYPAIR_VALIDATION: "true",
  MOTO_ENABLE_AMI_VALIDATION: "true",
};

function providerSettings(endpoint: string, region: string): ProviderSettings {
  const endpoints = [{ ec2: endpoint, servicequotas: endpoint, ssm: endpoint, sts: endpoint }];
  return { region, endpoints, accessKey: "testing", secretKey: "testing" };
}

function clientOptions(endpoint: string) {
  return { endpoint, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
}

function clientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_EC2_METADATA_DISABLED: "true",
    // Nothing of the user's own account.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}

async function endImage(
  server: ChildProcess,
  made: CreatedImage,
  keepDisk: EmulatorOptions["keepDisk"],
): Promise<void> {
  let state = "available";
  try {
    await keepDisk?.(made);
  } catch (error) {
    process.stderr.write(`the disk of ${made.instance} could not be kept: ${String(error)}\n`);
    state = "failed";
  }
  server.stdin?.write(`${JSON.stringify({ image: made.image, state })}\n`);
}

async function portOf(server: ChildProcess, lines: Interface): Promise<number> {
  const said: string[] = [];
  server.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`the AWS emulator ${what}:\n${said.join("")}`));
    const timer = setTimeout(() => fail("did not start in time"), START_MILLISECONDS);
    server.once("error", reject).once("close", (code) => fail(`ended with exit status ${code}`));
    lines.once("line", (text) => {
      clearTimeout(timer);
      resolve(text);
    });
  });
  return Number(line);
}

/** The end of its input is its sign to go. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  const closed = once(server, "close");
  server.stdin?.end();
  const timer = setTimeout(() => server.kill("SIGKILL"), 5_000);
  await closed;
  clearTimeout(timer);
}
