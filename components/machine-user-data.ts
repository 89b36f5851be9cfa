import * as cloudinit from "@pulumi/cloudinit";
import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import type { UserDataPart, UserDataValues } from "../cloud-init/user-data";
import type { MachineFactory } from "./machines/machine";

/** What user data says of a machine's host key: the private half only where it is the way for that. */
export function hostKeyInUserData(
  { hostKeyBy }: MachineFactory,
  { privateKeyOpenssh: privateKey, publicKeyOpenssh: publicKey }: tls.PrivateKey,
): pulumi.Output<UserDataValues["hostKey"]> {
  return hostKeyBy === "user-data" ? pulumi.output({ privateKey, publicKey }) : pulumi.output({ publicKey });
}

/**
 * User data, compressed and in base64. By a function, not by a resource, which would keep the text three more times in the
 * state, and that is written at every step. Secret where it holds the host key, and only there: secrets cost the engine
 * memory (docs/adr/0017).
 */
export function machineUserData(
  parts: pulumi.Output<UserDataPart[]>,
  { hostKeyBy }: Pick<MachineFactory, "hostKeyBy">,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  const { rendered } = cloudinit.getConfigOutput({ gzip: true, base64Encode: true, parts }, opts);
  return hostKeyBy === "user-data" ? pulumi.secret(rendered) : rendered;
}
