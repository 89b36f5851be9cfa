import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { type Configuration, failureMessages } from "./configuration";
import { containsUnknown, decodeProperties, encodeProperties } from "./properties";
import type { FunctionHandler } from "./provider";
import { refuseUnknownInputs } from "./refusals";

/** Invoke: runs a function of the provider. */
export async function invoke<Client>(
  configuration: Configuration<Client>,
  request: InvokeRequest,
): Promise<InvokeResponse> {
  const token = request.getTok();
  const handler = find(configuration, token);
  const inputs = decodeProperties(request.getArgs());
  const refused = refuseUnknownInputs(inputs, { subject: token, inputs: handler.inputs });
  if (refused.length > 0) {
    return new InvokeResponse().setFailuresList(failureMessages(refused));
  }
  if (containsUnknown(inputs)) {
    throw new Error(`${token} was called with values that are not known yet; call its Output form instead`);
  }
  const result = await handler.call(configuration.client(), inputs);
  return new InvokeResponse().setReturn(encodeProperties(result));
}

function find<Client>({ provider }: Configuration<Client>, token: string): FunctionHandler<Client> {
  const handler = Object.hasOwn(provider.functions, token) ? provider.functions[token] : undefined;
  if (handler === undefined) {
    const known = Object.keys(provider.functions).join(", ") || "none";
    throw new Error(
      `the air-gapped ${provider.name} plugin does not implement the function ${token}; it implements ${known}`,
    );
  }
  return handler;
}
