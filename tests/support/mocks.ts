import { gunzipSync, gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { expect } from "vitest";
import { READINESS } from "./readiness";

/** A resource as the program asked for it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: RecordedOptions;
}

/** What the program told the engine about a resource, beside its inputs. */
export interface RecordedOptions {
  /** Type and name of the parent, as in an inventory. Empty: it has none. */
  readonly parent: string;
  /** Inputs whose changes the engine is to overlook. */
  readonly ignoreChanges: readonly string[];
  /** Names of the resources that have to be there before it. */
  readonly dependencies: readonly string[];
  /** How long making it may take, as the engine is told, e.g. `30m`. Empty: as long as the provider likes. */
  readonly createTimeout: string;
  /** Of a provider: variables that it has under another name than pulumi. */
  readonly envVarMappings: Readonly<Record<string, string>>;
}

/** A function of a provider, as the program called it. */
export interface RecordedCall {
  readonly token: string;
  readonly inputs: unknown;
}

/** Answers a call. Throws for one that the test does not expect, or in the provider's words. */
export type Answerer = (call: RecordedCall) => Record<string, unknown>;

function unexpected({ token }: RecordedCall): never {
  throw new Error(`the program called ${token}, which no test expects`);
}

function commandOutputs(name: string): Record<string, unknown> {
  return { stdout: name.endsWith("-ready") ? JSON.stringify(READINESS) : "{}", stderr: "" };
}

/** Outputs that a provider adds to a resource's inputs. A type that is not here has none. */
const OUTPUTS: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
  "tls:index/privateKey:PrivateKey": (name) => ({
    publicKeyOpenssh: `ssh-ed25519 public-of-${name}\n`,
    // The real SDK has the engine mark it; mocks have no engine.
    privateKeyOpenssh: pulumi.secret(`private-of-${name}\n`),
    privateKeyPemPkcs8: pulumi.secret(`private-of-${name} in PEM\n`),
  }),
  "command:remote:Command": commandOutputs,
  "docker:index/image:Image": (name) => ({ repoDigest: `some.example/repository@sha256:digest-of-${name}` }),
  "aws:ec2/instance:Instance": () => ({ publicIp: "198.51.100.1", privateIp: "10.77.0.4" }),
  "aws:ec2/keyPair:KeyPair": (name) => ({ keyName: `name-of-${name}` }),
  "command:local:Command": commandOutputs,
};

/** Answers of functions that any program may call. */
const ANSWERS: Readonly<Record<string, Answerer>> = {
  "cloudinit:index/getConfig:getConfig": ({ inputs }) => ({
    ...(inputs as object),
    // As the provider does, so that EC2's limit means the same here.
    rendered: gzipSync(JSON.stringify(inputs)).toString("base64"),
  }),
};

export const MODES = ["preview", "update"] as const;
export type Mode = (typeof MODES)[number];

/**
 * Runs a program under mocks and gives every resource that it registered, once all have settled. A program that throws is
 * the test's own affair.
 */
export async function recordResources(
  mode: Mode,
  program: () => void | Promise<void>,
  answer: Answerer = unexpected,
): Promise<RecordedResource[]> {
  const recorded: Omit<RecordedResource, "options">[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        recorded.push({ type: args.type, name: args.name, inputs: args.inputs });
        // As in a real preview: neither an id nor any output of a resource that is not there yet.
        return mode === "preview"
          ? { id: undefined, state: args.inputs }
          : { id: `${args.name}-id`, state: { ...args.inputs, ...OUTPUTS[args.type]?.(args.name) } };
      },
      call: ({ token, inputs }) => (ANSWERS[token] ?? answer)({ token, inputs }),
    },
    "lab-nodes",
    "test",
    mode === "preview",
  );
  const options = recordOptions();
  await withoutStackTraces(async () => {
    await program();
    await pulumi.runtime.disconnect();
  });
  return recorded.map((resource) => ({
    ...resource,
    options: options.get(`${resource.type} ${resource.name}`) ?? {
      parent: "",
      ignoreChanges: [],
      dependencies: [],
      createTimeout: "",
      envVarMappings: {},
    },
  }));
}

/** The SDK keeps a stack trace of each promise, each of which vitest maps to sources: half the time of these tests. */
async function withoutStackTraces(work: () => Promise<void>): Promise<void> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Options by type and name: mocks are not told of them, so they are read off the requests. */
function recordOptions(): ReadonlyMap<string, RecordedOptions> {
  const options = new Map<string, RecordedOptions>();
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) {
    throw new Error("there is no monitor of mocks");
  }
  const register = monitor.registerResource.bind(monitor) as (...args: unknown[]) => unknown;
  Object.assign(monitor, {
    registerResource: (...args: [RegisterResourceRequest, ...unknown[]]) => {
      const [request] = args;
      options.set(`${request.getType()} ${request.getName()}`, {
        parent: parentOf(request),
        ignoreChanges: request.getIgnorechangesList(),
        dependencies: request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? urn),
        createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
        envVarMappings: Object.fromEntries(request.getEnvvarmappingsMap().toObject()),
      });
      return register(...args);
    },
  });
  return options;
}

/** Of a parent's URN, mocks give the types of that and of its own parent, and the name. */
function parentOf(request: RegisterResourceRequest): string {
  const [, , types, name] = request.getParent().split("::");
  return types === undefined || name === undefined ? "" : `${types.split("$").at(-1)} ${name}`;
}

/** Sorted URNs as the engine has them, without stack and project: the types of all parents, and the name. */
export function urnsOf(resources: readonly RecordedResource[]): string[] {
  const typesOf = ({ type, options }: RecordedResource): string =>
    options.parent === "" ? type : `${typesOf(findResource(resources, options.parent))}$${type}`;
  return resources.map((resource) => `${typesOf(resource)}::${resource.name}`).sort();
}

/** The resource of a "type name" line. Fails the test where there is none. */
export function findResource(resources: readonly RecordedResource[], wanted: string): RecordedResource {
  return resources.find(({ type, name }) => `${type} ${name}` === wanted) ?? expect.fail(`there is no ${wanted}`);
}

/** What a machine's user data is made of, as JSON: what the program called `cloudinit.getConfig` with. */
export function userDataOf({ name, inputs }: RecordedResource): string {
  const [encoded] = /[\w+/]{100,}={0,2}/.exec(JSON.stringify(inputs["userDataBase64"] ?? inputs["envs"])) ?? [];
  return gunzipSync(Buffer.from(encoded ?? expect.fail(`${name} has no user data`), "base64")).toString();
}

/** A sorted list of "type name" lines, to compare with at a glance. */
export function inventory(resources: readonly RecordedResource[]): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).sort();
}
