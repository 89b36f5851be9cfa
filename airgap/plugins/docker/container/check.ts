import type { CheckFailure, PropertyMap } from "../../framework/provider";
import { refuseNested, refuseUnlisted } from "../../framework/refusals";
import { integer, isEmpty, objects, text, texts } from "../../framework/values";
import { requireInputs } from "../inputs";
import { NESTED_INPUTS } from "./schema";

/** What the Engine would refuse only half-way, or would take in another sense: refused before anything is made. */
export function checkContainer(inputs: PropertyMap): { inputs: PropertyMap; failures: CheckFailure[] } {
  const failures = [
    ...refuseNested("docker", inputs, NESTED_INPUTS),
    ...requireInputs(inputs, ["name", "image"]),
    ...refuseUnlisted("restart", inputs.restart ?? "no", ["no", "on-failure", "always", "unless-stopped"]),
    ...refuseUnlisted("cgroupnsMode", inputs.cgroupnsMode ?? "private", ["host", "private"]),
    ...atLeast(inputs, { memory: 0, memorySwap: -1, cpuShares: 0, shmSize: 0, waitTimeout: 0, destroyGraceSeconds: 0 }),
    ...checkCommand(inputs),
    ...objects(inputs.mounts).flatMap(({ type = null }, index) =>
      refuseUnlisted(`mounts[${index}].type`, type, ["bind", "volume", "tmpfs"]),
    ),
    ...objects(inputs.volumes).flatMap(checkVolume),
    ...objects(inputs.uploads).flatMap(checkUpload),
  ];
  return { inputs, failures };
}

function atLeast(inputs: PropertyMap, limits: { readonly [name: string]: number }): CheckFailure[] {
  return Object.entries(limits).flatMap(([property, limit]) => {
    const value = integer(inputs[property]);
    const reason = `${property} is ${value}; it must be ${limit} or more`;
    return value === undefined || value >= limit ? [] : [{ property, reason }];
  });
}

function checkCommand(inputs: PropertyMap): CheckFailure[] {
  const reason = "values for command may not be empty";
  return texts(inputs.command).includes("") ? [{ property: "command", reason }] : [];
}

function checkVolume(volume: PropertyMap, index: number): CheckFailure[] {
  const property = `volumes[${index}]`;
  if (isEmpty(volume.containerPath)) {
    return [{ property, reason: "a volume needs containerPath, where it is mounted in the container" }];
  }
  const hostPath = text(volume.hostPath);
  if (hostPath !== undefined && !hostPath.startsWith("/") && !/^[a-zA-Z]:\\/.test(hostPath)) {
    return [
      { property: `${property}.hostPath`, reason: `hostPath is ${JSON.stringify(hostPath)}; write an absolute path` },
    ];
  }
  return [];
}

function checkUpload(upload: PropertyMap, index: number): CheckFailure[] {
  const property = `uploads[${index}]`;
  const count = ["content", "contentBase64"].filter((name) => !isEmpty(upload[name])).length;
  if (count !== 1) {
    const which =
      count === 0 ? "one of content and contentBase64 must be set" : "only one of content and contentBase64 can be set";
    return [{ property, reason: `error with upload content of ${text(upload.file) ?? "a file"}: ${which}` }];
  }
  const permissions = text(upload.permissions);
  if (permissions !== undefined && !/^0[0-7]{3}$/.test(permissions)) {
    const reason = `permissions are ${JSON.stringify(permissions)}; write four octal digits, e.g. "0600"`;
    return [{ property: `${property}.permissions`, reason }];
  }
  return [];
}
