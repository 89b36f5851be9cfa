import type { AwsSettings } from "../../config/aws";

/** A limit on the vCPUs of instances that run at once. */
interface VcpuQuota {
  /** As Service Quotas knows it. */
  readonly code: string;
  readonly name: string;
}

/** Quotas by family of instance types: name, and the codes of Service Quotas. */
const FAMILIES = {
  standard: { name: "Standard (A, C, D, H, I, M, R, T, Z)", onDemand: "L-1216C47A", spot: "L-34B43A08" },
  dl: { name: "DL", onDemand: "L-6E869C2A", spot: "L-85EED4F7" },
  f: { name: "F", onDemand: "L-74FC7D96", spot: "L-88CF9481" },
  g: { name: "G and VT", onDemand: "L-DB2E81BA", spot: "L-3819A6DF" },
  inf: { name: "Inf", onDemand: "L-1945791B", spot: "L-B5D1601B" },
  p: { name: "P", onDemand: "L-417A185B", spot: "L-7212CCBC" },
  trn: { name: "Trn", onDemand: "L-2C3B7624", spot: "L-6B0D517C" },
  x: { name: "X", onDemand: "L-7295265B", spot: "L-E3A00192" },
} as const;

/** The quota that counts for instances of a type; undefined for a family that is none of these, such as bare Macs. */
export function quotaFor({ instanceType, spot }: Pick<AwsSettings, "instanceType" | "spot">): VcpuQuota | undefined {
  const family = familyOf(instanceType);
  if (family === undefined) {
    return undefined;
  }
  const { name, onDemand, spot: spotCode } = FAMILIES[family];
  return spot
    ? { code: spotCode, name: `All ${name} Spot Instance Requests` }
    : { code: onDemand, name: `Running On-Demand ${name} instances` };
}

/** The family of an instance type, by the letters that it begins with. */
function familyOf(instanceType: string): keyof typeof FAMILIES | undefined {
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
