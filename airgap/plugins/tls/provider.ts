import { compareInputs } from "../framework/diff";
import {
  type CheckFailure,
  type PropertyMap,
  type Provider,
  type ResourceHandler,
  UNKNOWN,
} from "../framework/provider";
import { refuseUnlisted } from "../framework/refusals";
import { withoutNulls } from "../framework/values";
import { ALGORITHMS, type Algorithm, CURVE_NAMES, type Curve, generateKey, type KeyRequest } from "./keys";

const INPUTS = ["algorithm", "ecdsaCurve", "rsaBits"] as const;
const DEFAULTS = { ecdsaCurve: "P224", rsaBits: 2048 } as const;
/** Below this OpenSSL refuses; the official provider's library refuses below 1024. */
const SMALLEST_RSA_KEY = 1024;

/** `tls.PrivateKey`: lives in the state only. */
export const privateKey: ResourceHandler<undefined> = {
  inputs: INPUTS,
  check: (inputs) => ({ inputs, failures: checkKey(inputs) }),
  diff: (old, inputs) => compareInputs(old.inputs, inputs, INPUTS),
  preview: (inputs) => ({ ...UNKNOWN_OUTPUTS, ...DEFAULTS, ...withoutNulls(inputs) }),
  async create(_client, inputs) {
    const request = keyRequest(inputs);
    const { id, ...encoded } = await generateKey(request);
    return { id, properties: { ...request, ...encoded } };
  },
  read: async (_client, old) => old,
  delete: async () => {},
};

const UNKNOWN_OUTPUTS = {
  privateKeyOpenssh: UNKNOWN,
  privateKeyPem: UNKNOWN,
  privateKeyPemPkcs8: UNKNOWN,
  publicKeyFingerprintMd5: UNKNOWN,
  publicKeyFingerprintSha256: UNKNOWN,
  publicKeyOpenssh: UNKNOWN,
  publicKeyPem: UNKNOWN,
} as const;

function checkKey({ algorithm, ecdsaCurve, rsaBits }: PropertyMap): CheckFailure[] {
  const failures = [
    ...refuseUnlisted("algorithm", algorithm ?? "", ALGORITHMS),
    ...refuseUnlisted("ecdsaCurve", ecdsaCurve ?? DEFAULTS.ecdsaCurve, CURVE_NAMES),
  ];
  const bits = rsaBits ?? DEFAULTS.rsaBits;
  if (bits !== UNKNOWN && !(typeof bits === "number" && Number.isInteger(bits) && bits >= SMALLEST_RSA_KEY)) {
    const reason = `rsaBits is ${JSON.stringify(bits)}; it must be a whole number of at least ${SMALLEST_RSA_KEY}`;
    failures.push({ property: "rsaBits", reason });
  }
  return failures;
}

/** Check has seen these inputs: the names are allowed ones. */
function keyRequest({ algorithm, ecdsaCurve, rsaBits }: PropertyMap): KeyRequest {
  return {
    algorithm: algorithm as Algorithm,
    ecdsaCurve: (ecdsaCurve ?? DEFAULTS.ecdsaCurve) as Curve,
    rsaBits: Number(rsaBits ?? DEFAULTS.rsaBits),
  };
}

/** The part of the official tls provider that a lab needs. */
export const tls: Provider<undefined> = {
  name: "tls",
  version: "5.6.1",
  configuration: [],
  configure: async () => undefined,
  resources: { "tls:index/privateKey:PrivateKey": privateKey },
  functions: {},
};
