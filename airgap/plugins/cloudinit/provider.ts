import { compareInputs } from "../framework/diff";
import {
  type FunctionHandler,
  type PropertyMap,
  type Provider,
  type ResourceHandler,
  UNKNOWN,
} from "../framework/provider";
import { containsUnknown } from "../framework/values";
import { checkInputs, INPUTS, toConfiguration, withDefaults } from "./inputs";
import { render, renderedId } from "./multipart";

/** `cloudinit.Config`: lives in the state only. */
export const config: ResourceHandler<undefined> = {
  inputs: INPUTS,
  check: (inputs) => ({ inputs, failures: checkInputs(inputs) }),
  diff: (old, inputs) => compareInputs(old.inputs, inputs, INPUTS),
  preview: (inputs) => ({ ...withDefaults(inputs), rendered: containsUnknown(inputs) ? UNKNOWN : rendered(inputs) }),
  async create(_client, inputs) {
    const text = rendered(inputs);
    return { id: renderedId(text), properties: { ...withDefaults(inputs), rendered: text } };
  },
  read: async (_client, old) => old,
  delete: async () => {},
};

/** `cloudinit.getConfig`: the same text without a resource. */
export const getConfig: FunctionHandler<undefined> = {
  inputs: INPUTS,
  async call(_client, inputs) {
    const [failure] = checkInputs(inputs);
    if (failure !== undefined) {
      throw new Error(`cloudinit.getConfig: ${failure.reason}`);
    }
    const text = rendered(inputs);
    return { ...withDefaults(inputs), rendered: text, id: renderedId(text) };
  },
};

function rendered(inputs: PropertyMap): string {
  return render(toConfiguration(inputs));
}

/** The official cloudinit provider, whole: it has one resource and one function. */
export const cloudinit: Provider<undefined> = {
  name: "cloudinit",
  version: "1.4.12",
  configuration: [],
  configure: async () => undefined,
  resources: { "cloudinit:index/config:Config": config },
  functions: { "cloudinit:index/getConfig:getConfig": getConfig },
};
