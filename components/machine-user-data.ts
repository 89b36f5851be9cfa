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

/** User data in the form that a target wants. Secret where it holds the host key, and only there: each secret costs the engine memory at every step (docs/adr/0017). */
export function machineUserData(
  name: string,
  parts: pulumi.Output<UserDataPart[]>,
  { userDataForm, hostKeyBy }: MachineFactory,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const holdsHostKey = hostKeyBy === "user-data";
  const config = new cloudinit.Config(
    name,
    { ...userDataForm, parts },
    // The provider does not know that its result holds what its parts hold.
    { parent, additionalSecretOutputs: holdsHostKey ? ["rendered"] : [] },
  );
  return holdsHostKey ? pulumi.secret(config.rendered) : config.rendered;
}
