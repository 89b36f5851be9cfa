import * as cloudinit from "@pulumi/cloudinit";
import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import type { UserDataPart, UserDataValues } from "../cloud-init/user-data";
import type { MachineFactory } from "./machines/machine";

/** The host key in a machine's user data: with the private half only if the target delivers it that way. */
export function hostKeyInUserData(
  { hostKeyBy }: MachineFactory,
  { privateKeyOpenssh: privateKey, publicKeyOpenssh: publicKey }: tls.PrivateKey,
): pulumi.Output<UserDataValues["hostKey"]> {
  return hostKeyBy === "user-data" ? pulumi.output({ privateKey, publicKey }) : pulumi.output({ publicKey });
}

/**
 * User data, compressed and in base64. Rendered by a function, because a resource would store the text three more times in
 * the state, which is written at every step. Secret only if it contains the host key: secrets cost the engine memory
 * (docs/adr/0017).
 */
export function machineUserData(
  parts: pulumi.Output<UserDataPart[]>,
  { hostKeyBy }: Pick<MachineFactory, "hostKeyBy">,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  const { rendered } = cloudinit.getConfigOutput({ gzip: true, base64Encode: true, parts }, opts);
  return hostKeyBy === "user-data" ? pulumi.secret(rendered) : rendered;
}
