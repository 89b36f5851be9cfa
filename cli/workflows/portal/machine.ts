import { stackFlag } from "../../../adapters/pulumi/operation";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { type NodeAddress, type OpenNodeShell, openNodeShell } from "../../../adapters/ssh/node-shell/index";
import { answersSsh } from "../../../adapters/ssh/options";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import { PORTAL_PLACE } from "../../../components/portal-spec";
import { endpointOf } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { ClassChanges } from "../../../portal/server/changes/class-changes";
import { labOf } from "../../../portal/server/changes/run-lab";
import type { SeatNodes } from "../../../portal/server/seat-nodes";
import type { SeatDirectory } from "../../../portal/server/seats";
import type { PortalText } from "../../ui/lab-text";

/** Type of the component that the portal's machine is. */
const PORTAL_NODE = "lab-nodes:index:PortalNode";

/** Whether a stack's portal is on a machine of the class, by its settings. */
export function runsOnMachine({ runtime, options }: CommandContext): boolean {
  return new StackConfig(runtime.programDirectory, options.stack).read()["portal"] === "node";
}

/** How the portal's machine is reached; undefined where the state has none. */
function portalEndpoint(resources: readonly StateResource[]) {
  const machine = resources.find(({ type }) => type === PORTAL_NODE);
  return machine === undefined ? undefined : endpointOf(machine.outputs);
}

/** How the portal's machine is now; nothing where the class has none. */
export async function portalNow(resources: readonly StateResource[]): Promise<{ portal?: PortalText }> {
  const ssh = portalEndpoint(resources);
  if (ssh === undefined) {
    return {};
  }
  const port = Number(resources.find(({ type }) => type === PORTAL_NODE)?.outputs["publishedAs"]);
  return { portal: { state: (await answersSsh(ssh)) ? "ready" : "unreachable", ssh, port } };
}

/** How to log in to the portal's machine. Throws where there is none yet. */
export function portalAddress({ runtime, options }: CommandContext, resources: readonly StateResource[]): NodeAddress {
  const endpoint = portalEndpoint(resources);
  if (endpoint === undefined) {
    throw new LabError(`The portal of "${options.stack}" has no machine yet.`, {
      hint: `Type ./lab up${stackFlag(options.stack)} to make it.`,
    });
  }
  return { ...endpoint, ...readSeatAccess(runtime.programDirectory, options.stack, PORTAL_PLACE.node) };
}

/** Works on the portal's machine, as root. */
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

/** Changes that the wall makes by `lab` of this clone. After each, the portal looks where seats are, and goes there. */
export function openChanges(
  { runtime, options }: CommandContext,
  seats: SeatDirectory,
  nodes: SeatNodes,
): ClassChanges {
  return new ClassChanges({
    run: labOf(runtime, options.stack),
    now: () => new Date(),
    onMade: async (change) => {
      await seats.look();
      if (change.kind !== "extend") {
        nodes.leave(change.seat);
      }
    },
  });
}

/** Waits for a change that is at work: dropped, it would leave half a machine. It has heard a Ctrl-C at this terminal, too. */
export async function endOfChange({ reporter }: CommandContext, changes: ClassChanges): Promise<void> {
  const change = changes.view();
  if (change?.state === "running") {
    await reporter.task(`waiting for ${change.command}, which the wall has begun`, () => changes.settled());
  }
}
