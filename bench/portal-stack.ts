import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostKeyAlias, sshDirectory } from "../adapters/ssh/options";
import { REPOSITORY, run } from "./lab";

/** A machine that answers SSH, and how to log in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
  /** In OpenSSH's format. */
  readonly privateKey: string;
}

/** A stack of nothing but seats, at given machines: all that `lab portal` reads of one. */
export async function makeSeatsStack(
  stack: string,
  endpoints: readonly Endpoint[],
): Promise<{ remove(): Promise<void> }> {
  const nodes = endpoints.map((endpoint, index) => ({
    ...endpoint,
    node: `seat${String(index + 1).padStart(2, "0")}-node1`,
  }));
  const folder = join(REPOSITORY, sshDirectory(stack));
  const settings = join(REPOSITORY, `Pulumi.${stack}.yaml`);
  const environment = JSON.parse(await run("./lab", ["env", "--stack", stack, "--json"], {})) as Record<string, string>;
  const pulumi = (...words: string[]) => run("pulumi", ["stack", ...words, "--stack", stack], environment);
  const remove = async () => {
    await pulumi("rm", "--yes", "--force").catch(() => undefined);
    rmSync(join(folder, ".."), { recursive: true, force: true });
    rmSync(settings, { force: true });
  };
  // What an interrupted run left
  await remove();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const knownHosts = nodes.map(({ node, hostKey }) => `${hostKeyAlias(stack, node)} ${hostKey}\n`);
  writeFileSync(join(folder, "known_hosts"), knownHosts.join(""), { mode: 0o600 });
  writeFileSync(join(folder, "id_ed25519"), endpoints[0]?.privateKey ?? "", { mode: 0o600 });
  const state = join(folder, "state.json");
  writeFileSync(state, JSON.stringify(stateOf(stack, nodes)), { mode: 0o600 });
  await run("pulumi", ["stack", "init", stack, "--no-select"], environment);
  await pulumi("import", "--file", state);
  return { remove };
}

function stateOf(stack: string, nodes: readonly (Endpoint & { readonly node: string })[]) {
  const resources = nodes.map(({ node, host, port }) => ({
    urn: `urn:pulumi:${stack}::lab-nodes::lab-nodes:index:LabNode::${node}`,
    custom: false,
    type: "lab-nodes:index:LabNode",
    outputs: { ssh: { host, port, user: "lab" } },
  }));
  return { version: 3, deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" }, resources } };
}
