import type { AwsSettings } from "../../config/aws";

/** A limit on the vCPUs of instances that run at once. */
export interface VcpuQuota {
  /** As Service Quotas knows it. */
  readonly code: string;
  readonly name: string;
}

/** Quotas by market, each for families of instance types: what a type's name begins with. */
const QUOTAS = {
  "on-demand": {
    standard: "L-1216C47A",
    dl: "L-6E869C2A",
    f: "L-74FC7D96",
    g: "L-DB2E81BA",
    inf: "L-1945791B",
    p: "L-417A185B",
    trn: "L-2C3B7624",
    x: "L-7295265B",
  },
  spot: {
    standard: "L-34B43A08",
    dl: "L-85EED4F7",
    f: "L-88CF9481",
    g: "L-3819A6DF",
    inf: "L-B5D1601B",
    p: "L-7212CCBC",
    trn: "L-6B0D517C",
    x: "L-E3A00192",
  },
} as const;

type Families = keyof (typeof QUOTAS)["spot"];

const FAMILY_NAMES: Readonly<Record<Families, string>> = {
  standard: "Standard (A, C, D, H, I, M, R, T, Z)",
  dl: "DL",
  f: "F",
  g: "G and VT",
  inf: "Inf",
  p: "P",
  trn: "Trn",
  x: "X",
};

/** The quota that counts for instances of a type; undefined for a family that is none of these, such as bare Macs. */
export function quotaFor({ instanceType, spot }: Pick<AwsSettings, "instanceType" | "spot">): VcpuQuota | undefined {
  const families = familiesOf(instanceType);
  if (families === undefined) {
    return undefined;
  }
  const name = FAMILY_NAMES[families];
  return spot
    ? { code: QUOTAS.spot[families], name: `All ${name} Spot Instance Requests` }
    : { code: QUOTAS["on-demand"][families], name: `Running On-Demand ${name} instances` };
}

function familiesOf(instanceType: string): Families | undefined {
  const letters = /^[a-z]+/.exec(instanceType)?.[0] ?? "";
  switch (letters) {
    case "dl":
    case "inf":
    case "trn":
    case "f":
    case "p":
    case "x":
      return letters;
    case "g":
    case "gr":
    case "vt":
      return "g";
    default:
      // One letter, or I's two: Im and Is.
      return /^([acdhimrtz]|i[ms])$/.test(letters) ? "standard" : undefined;
  }
}
