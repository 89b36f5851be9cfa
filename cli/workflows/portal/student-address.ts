import type { KnownSeat } from "../../../core/class-state/known-seats";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import type { PortalSettings } from "../../../portal/node/settings";

/**
 * The way of the student to a node from the portal's machine, with the student's own key: nothing else opens anything from
 * there. Null while the seat has no machine.
 */
export function studentAddress(
  { node, ssh }: Pick<KnownSeat, "node" | "ssh">,
  resources: readonly StateResource[],
  hostKeyOf: (node: string) => string,
): PortalSettings["seats"][number]["address"] {
  const key = resources.find(({ name, id }) => name === `${node}-student-key` && id !== undefined);
  if (ssh === undefined || key === undefined) {
    return null;
  }
  const privateKey = plainText(key.outputs["privateKeyOpenssh"]);
  return { host: ssh.inside ?? ssh.host, port: ssh.port, user: "student", privateKey, hostKey: hostKeyOf(node) };
}
