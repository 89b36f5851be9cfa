import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { type NodeAddress, type OpenNodeShell, openNodeShell } from "../../../adapters/ssh/node-shell/index";
import { answersSsh } from "../../../adapters/ssh/options";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import { PORTAL_SLOT } from "../../../components/portal-spec";
import { endpointOf } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { ClassChanges, labOf } from "../../../portal/server/class-changes";
import type { SeatNodes } from "../../../portal/server/seat-nodes";
import type { SeatDirectory } from "../../../portal/server/seats";
import type { PortalText } from "../../ui/lab-text";

/** Type of the component that the portal's machine is. */
const PORTAL_NODE = "lab-nodes:index:PortalNode";

/** Whether the portal of a stack runs on a machine of the class, by its settings. */
export function runsOnMachine({ runtime, options }: CommandContext): boolean {
  return new StackConfig(runtime.programDirectory, options.stack).read()["portal"] === "node";
}

/** The outputs of the portal's machine; undefined where the state has none. */
function portalOutputs(resources: readonly StateResource[]): StateResource["outputs"] | undefined {
  return resources.find(({ type }) => type === PORTAL_NODE)?.outputs;
}

/** Address and state of the portal's machine; empty where the class has none. */
export async function portalNow(resources: readonly StateResource[]): Promise<{ portal?: PortalText }> {
  const outputs = portalOutputs(resources);
  const ssh = outputs && endpointOf(outputs);
  if (ssh === undefined) {
    return {};
  }
  const state = (await answersSsh(ssh)) ? "ready" : "unreachable";
  return { portal: { state, ssh, port: Number(outputs?.["publishedAs"]) } };
}

/** How to log in to the portal's machine. Throws a LabError where there is none yet. */
export function portalAddress({ runtime, options }: CommandContext, resources: readonly StateResource[]): NodeAddress {
  const outputs = portalOutputs(resources);
  const endpoint = outputs && endpointOf(outputs);
  if (endpoint === undefined) {
    throw new LabError(`The portal of "${options.stack}" has no machine yet.`, {
      hint: `Run ./lab up${stackFlag(options.stack)} to create it.`,
    });
  }
  return { ...endpoint, ...readSeatAccess(runtime.programDirectory, options.stack, PORTAL_SLOT.node) };
}

/** Runs work on the portal's machine, as root. */
export async function onPortalMachine<Result>(
  address: NodeAddress,
  work: (shell: OpenNodeShell) => Promise<Result>,
): Promise<Result> {
  const shell = await openNodeShell(address);
  try {
    return await work(shell);
  } finally {
    shell.close();
  }
}

/** Changes that the wall makes with this clone's `lab`. After each, the portal connects to the seat's current machine. */
export function openChanges(
  { runtime, options }: CommandContext,
  seats: SeatDirectory,
  nodes: SeatNodes,
): ClassChanges {
  return new ClassChanges({
    run: labOf(runtime, options.stack),
    now: () => new Date(),
    onMade: async (change) => {
      await seats.refresh();
      if (change.kind !== "extend") {
        nodes.leave(change.seat);
      }
    },
  });
}

/** Waits for a running change, which would otherwise leave half a machine. Ctrl-C in this terminal has reached it, too. */
export async function endOfChange({ reporter }: CommandContext, changes: ClassChanges): Promise<void> {
  const change = changes.view();
  if (change?.state === "running") {
    await reporter.task(`waiting for ${change.command}, which was started on the wall`, () => changes.settled());
  }
}
