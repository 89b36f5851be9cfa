import {
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyVolumeCommand,
  type VolumeType,
} from "@aws-sdk/client-ec2";
import type { CallContext, PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { integer, object, text, texts } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";
import { differs, type Progress } from "../kind";
import { moveTags } from "../tags";
import { keptUserData } from "./calls";
import { apiUserData, metadataOptions } from "./request";

/** What can be changed on an instance that is there. */
export async function convergeInstance(aws: Aws, progress: Progress, { signal }: CallContext): Promise<void> {
  const { id, inputs } = progress;
  await refuseInPlace(aws, progress);
  const modify = (attribute: object) =>
    aws.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, ...attribute }), { abortSignal: signal });
  if (differs(progress, "vpcSecurityGroupIds")) {
    await modify({ Groups: texts(inputs.vpcSecurityGroupIds) });
  }
  if (differs(progress, "instanceInitiatedShutdownBehavior")) {
    // The API takes this in two forms, and moto says yes to both; it heeds this one alone.
    await modify({
      Attribute: "instanceInitiatedShutdownBehavior",
      Value: text(inputs.instanceInitiatedShutdownBehavior),
    });
  }
  const metadata = metadataOptions(inputs);
  if (metadata !== undefined && differsWithin(progress, "metadataOptions")) {
    const command = new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, ...metadata });
    await aws.ec2.send(command, { abortSignal: signal });
  }
  await convergeVolume(aws, progress, signal);
}

/** The official plugin stops and starts the machine for these; a class never does, so nor does the emulator. */
async function refuseInPlace(aws: Aws, progress: Progress): Promise<void> {
  const { id, inputs } = progress;
  const wanted = apiUserData(inputs);
  const refused = [
    ...(differs(progress, "instanceType") ? ["instanceType"] : []),
    ...(wanted !== undefined && wanted !== (await keptUserData(aws, id)) ? ["userData"] : []),
  ];
  if (refused.length > 0) {
    throw new Error(
      `the test-only aws plugin does not change ${refused.join(" and ")} of a machine that is there (it would have to be ` +
        "stopped); replace it: pulumi up --replace URN",
    );
  }
}

async function convergeVolume(aws: Aws, { inputs, seen }: Progress, signal: AbortSignal): Promise<void> {
  const [wanted, there] = [object(inputs.rootBlockDevice), object(seen.rootBlockDevice)];
  const VolumeId = text(there.volumeId) ?? "";
  const changes = ["volumeSize", "volumeType", "iops", "throughput"].filter(
    (name) => wanted[name] !== undefined && wanted[name] !== there[name],
  );
  if (changes.length > 0) {
    const command = new ModifyVolumeCommand({ VolumeId, ...volumeChange(wanted) });
    await aws.ec2.send(command, { abortSignal: signal });
  }
  const tags = wanted.tags ?? inputs.volumeTags;
  if (tags !== undefined) {
    await moveTags(aws, VolumeId, { from: seen.volumeTags, to: tags }, signal);
  }
}

function volumeChange(wanted: PropertyMap) {
  return {
    Size: integer(wanted.volumeSize),
    VolumeType: text(wanted.volumeType) as VolumeType | undefined,
    Iops: integer(wanted.iops),
    Throughput: integer(wanted.throughput),
  };
}

/** Whether something that was given inside an input is not what is there; the API adds values of its own. */
function differsWithin({ inputs, seen }: Progress, name: string): boolean {
  const there = object(seen[name]);
  return Object.entries(object(inputs[name])).some(([key, value]) => there[key] !== value);
}
