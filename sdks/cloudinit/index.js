const pulumi = require("@pulumi/pulumi");
const { version } = require("./package.json");

const CONFIG_TYPE = "cloudinit:index/config:Config";
const GET_CONFIG = "cloudinit:index/getConfig:getConfig";
const INPUTS = ["base64Encode", "boundary", "gzip", "parts"];

class Config extends pulumi.CustomResource {
  static __pulumiType = CONFIG_TYPE;

  static get(name, id, state, opts) {
    return new Config(name, state, { ...opts, id });
  }

  static isInstance(value) {
    return value !== undefined && value !== null && value.__pulumiType === CONFIG_TYPE;
  }

  constructor(name, argsOrState, opts) {
    const names = opts?.id ? [...INPUTS, "rendered"] : INPUTS;
    // An output must be named, even without a value, for the SDK to make a property of it.
    super(CONFIG_TYPE, name, { rendered: undefined, ...pick(argsOrState, names) }, withVersion(opts));
  }
}

class Provider extends pulumi.ProviderResource {
  static __pulumiType = "cloudinit";

  static isInstance(value) {
    return value !== undefined && value !== null && value.__pulumiType === "pulumi:providers:cloudinit";
  }

  constructor(name, _args, opts) {
    super("cloudinit", name, {}, withVersion(opts));
  }
}

function getConfig(args, opts) {
  return pulumi.runtime.invoke(GET_CONFIG, pick(args, INPUTS), withVersion(opts));
}

function getConfigOutput(args, opts) {
  return pulumi.runtime.invokeOutput(GET_CONFIG, pick(args, INPUTS), withVersion(opts));
}

function pick(values, names) {
  return Object.fromEntries(names.map((name) => [name, values?.[name]]));
}

function withVersion(opts) {
  return pulumi.mergeOptions({ version }, opts ?? {});
}

// So that a resource or provider passed between packages comes back as an instance of these classes.
pulumi.runtime.registerResourceModule("cloudinit", "index/config", {
  version,
  construct(name, type, urn) {
    if (type !== CONFIG_TYPE) {
      throw new Error(`unknown resource type ${type}`);
    }
    return new Config(name, undefined, { urn });
  },
});
pulumi.runtime.registerResourcePackage("cloudinit", {
  version,
  constructProvider(name, type, urn) {
    if (type !== "pulumi:providers:cloudinit") {
      throw new Error(`unknown provider type ${type}`);
    }
    return new Provider(name, undefined, { urn });
  },
});

module.exports = { Config, Provider, getConfig, getConfigOutput, types: { input: {}, output: {} } };
