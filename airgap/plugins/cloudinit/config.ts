import { compareInputs } from "../framework/differences";
import { containsUnknown } from "../framework/properties";
import { type FunctionHandler, type PropertyMap, type ResourceHandler, UNKNOWN } from "../framework/provider";
import { checkInputs, echo, INPUTS, toConfiguration } from "./inputs";
import { render, renderedId } from "./multipart";

/** `cloudinit.Config`: lives in the state only. */
export const config: ResourceHandler<undefined> = {
  inputs: INPUTS,
  check: (inputs) => ({ inputs, failures: checkInputs(inputs) }),
  diff: (old, inputs) => compareInputs(old.inputs, inputs, { replaceOnChanges: INPUTS }),
  preview: (inputs) => ({ ...echo(inputs), rendered: containsUnknown(inputs) ? UNKNOWN : rendered(inputs) }),
  async create(_client, inputs) {
    const text = rendered(inputs);
    return { id: renderedId(text), properties: { ...echo(inputs), rendered: text } };
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
    return { ...echo(inputs), rendered: text, id: renderedId(text) };
  },
};

function rendered(inputs: PropertyMap): string {
  return render(toConfiguration(inputs));
}
