import { findLogin, type RegistryLogin } from "./credentials";
import { credentialsKey, parseReference } from "./reference";

/** The image's `registry` input. */
export interface RegistryArgument {
  readonly server?: string;
  readonly username?: string;
  readonly password?: string;
}

/** Host of the registry that an image is pushed to: the input's, else that in its name. */
export function imageServer(imageName: string, { server }: RegistryArgument): string {
  return server?.replace(/^https?:\/\//, "").split("/")[0] || (parseReference(imageName).registry ?? "docker.io");
}

/** The login for an image's registry: the input's when it is whole, else the operator's, as the official plugin has it. */
export async function imageLogin(
  imageName: string,
  argument: RegistryArgument,
  environment: NodeJS.ProcessEnv,
): Promise<RegistryLogin> {
  const server = imageServer(imageName, argument);
  const { username, password } = argument;
  return username && password
    ? { username, password, serveraddress: credentialsKey(server) }
    : findLogin(server, environment);
}
