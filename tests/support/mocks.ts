import * as pulumi from "@pulumi/pulumi";
import { READINESS } from "./readiness";

/** A resource as the program asked for it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Outputs that a provider adds to a resource's inputs. A type that is not here has none. */
const OUTPUTS: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
  "tls:index/privateKey:PrivateKey": (name) => ({
    publicKeyOpenssh: `ssh-ed25519 public-of-${name}\n`,
    // The real SDK has the engine mark it; mocks have no engine.
    privateKeyOpenssh: pulumi.secret(`private-of-${name}\n`),
  }),
  "cloudinit:index/config:Config": (name) => ({ rendered: `user data of ${name}` }),
  "command:remote:Command": (name) => ({
    stdout: name.endsWith("-ready") ? JSON.stringify(READINESS) : "{}",
    stderr: "",
  }),
  "command:local:Command": () => ({ stdout: "", stderr: "" }),
};

export const MODES = ["preview", "update"] as const;
export type Mode = (typeof MODES)[number];

/** Runs a program under mocks and gives every resource that it registered, once all have settled. */
export async function recordResources(mode: Mode, program: () => void): Promise<RecordedResource[]> {
  const recorded: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        recorded.push({ type: args.type, name: args.name, inputs: args.inputs });
        // As in a real preview: neither an id nor any output of a resource that is not there yet.
        return mode === "preview"
          ? { id: undefined, state: args.inputs }
          : { id: `${args.name}-id`, state: { ...args.inputs, ...OUTPUTS[args.type]?.(args.name) } };
      },
      call: ({ token }) => {
        throw new Error(`the program called ${token}, which no test expects`);
      },
    },
    "lab-nodes",
    "test",
    mode === "preview",
  );
  program();
  await pulumi.runtime.disconnect();
  return recorded;
}

/** A sorted list of "type name" lines, to compare with at a glance. */
export function inventory(resources: readonly RecordedResource[]): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).sort();
}
