import { type Instance, RunInstancesCommand, StopInstancesCommand, type Volume } from "@aws-sdk/client-ec2";
import type { CallContext, CheckFailure, PropertyMap } from "../../../../../airgap/plugins/framework/provider";
import { equalValues, object, text } from "../../../../../airgap/plugins/framework/values";
import { untilFound } from "../api";
import type { Aws } from "../configure";
import type { Kind } from "../kind";
import {
  architecturesOf,
  describeImage,
  describeInstance,
  keptUserData,
  publicKeys,
  rootVolume,
  shutdownBehavior,
  terminate,
} from "./calls";
import { convergeInstance } from "./converge";
import { NodeContainers } from "./node-container";
import { instanceOutputs } from "./outputs";
import { apiUserData, NESTED, runInstancesInput } from "./request";
import { nodeSettings } from "./settings";
import { decodeUserData, userDataFault } from "./user-data";

const RUNNING_MILLISECONDS = 120_000;

/** `aws:ec2/instance:Instance`: an instance of the emulated API, and a container of this machine that is its computer. */
export const instance: Kind = {
  name: "instance",
  inputs: [
    "ami",
    "associatePublicIpAddress",
    "availabilityZone",
    "instanceInitiatedShutdownBehavior",
    "instanceMarketOptions",
    "instanceType",
    "keyName",
    "metadataOptions",
    "rootBlockDevice",
    "subnetId",
    "userData",
    "userDataBase64",
    "userDataReplaceOnChange",
    "volumeTags",
    "vpcSecurityGroupIds",
  ],
  required: ["ami", "instanceType"],
  nested: NESTED,
  tagged: "tagged",
  defaults: { userDataReplaceOnChange: false },
  replaceOnChanges: [
    "ami",
    "associatePublicIpAddress",
    "availabilityZone",
    "instanceMarketOptions",
    "keyName",
    "subnetId",
  ],
  replaces: furtherReplacements,
  outputs: [
    "arn",
    "availabilityZone",
    "instanceState",
    "primaryNetworkInterfaceId",
    "privateDns",
    "privateIp",
    "publicDns",
    "publicIp",
  ],
  check: checkInstance,
  create: createInstance,
  find: findInstance,
  async converge(aws, progress, context) {
    await convergeInstance(aws, progress, context);
    await bootContainer(aws, progress.id, context);
  },
  async remove(aws, id, _state, context) {
    // The computer first: a terminated instance whose machine runs on would be found by nobody.
    await containers().remove(id);
    await terminate(aws, id, context.signal);
  },
};

function containers(): NodeContainers {
  return new NodeContainers(nodeSettings(process.env));
}

/** Replacements that depend on more than the name of the input. */
function furtherReplacements(old: PropertyMap, inputs: PropertyMap): string[] {
  const userData = ["userData", "userDataBase64"].filter((name) => !equalValues(old[name], inputs[name]));
  const root = ["encrypted", "kmsKeyId"].filter(
    (name) => !equalValues(object(old.rootBlockDevice)[name], object(inputs.rootBlockDevice)[name]),
  );
  return [
    ...(inputs.userDataReplaceOnChange === true ? userData : []),
    ...(root.length > 0 ? ["rootBlockDevice"] : []),
  ];
}

function checkInstance(inputs: PropertyMap): CheckFailure[] {
  if (inputs.userData !== undefined && inputs.userDataBase64 !== undefined) {
    return [{ property: "userData", reason: "conflicts with userDataBase64; give one of them" }];
  }
  const fault = userDataFault(apiUserData(inputs) ?? "");
  return fault === undefined ? [] : [{ property: "userDataBase64", reason: fault }];
}

async function createInstance(aws: Aws, inputs: PropertyMap, context: CallContext): Promise<string> {
  const [type, ami] = [text(inputs.instanceType) ?? "", text(inputs.ami) ?? ""];
  const image = await describeImage(aws, ami);
  await requireArchitecture(aws, type, image.Architecture ?? "");
  const input = runInstancesInput(inputs, image.RootDeviceName ?? "/dev/sda1");
  context.status(`launching ${type}`);
  // Not to be aborted: an instance whose id we never hear would be nobody's.
  const { Instances: [made] = [] } = await aws.ec2.send(new RunInstancesCommand(input));
  return made?.InstanceId ?? "";
}

/** EC2 refuses a type that the image was not made for, moto does not; and a container runs on this machine's CPU alone. */
async function requireArchitecture(aws: Aws, type: string, wanted: string): Promise<void> {
  const architectures = await architecturesOf(aws, type);
  if (!architectures.includes(wanted)) {
    throw new Error(
      `InvalidParameterValue: The architecture '${architectures.join(",")}' of the specified instance type does not ` +
        `match the architecture '${wanted}' of the specified AMI`,
    );
  }
  const own = await containers().architecture();
  if (wanted !== own) {
    throw new Error(
      `the emulator cannot boot ${type}: it is a machine of ${wanted}, and containers of this host are ${own}; ` +
        `a preview is as far as such a class gets here`,
    );
  }
}

async function bootContainer(aws: Aws, id: string, context: CallContext): Promise<void> {
  const running = async () => {
    const found = await describeInstance(aws, id);
    return found?.State?.Name === "running" ? found : undefined;
  };
  const found = await untilFound(`instance ${id}, running,`, running, context.signal, RUNNING_MILLISECONDS);
  context.status("booting");
  await containers().boot({
    instanceId: id,
    ami: found.ImageId ?? "",
    stack: context.urn.split("::")[0]?.split(":").at(-1) ?? "",
    hostname: (found.PrivateDnsName ?? id).split(".")[0] ?? id,
    publicKeys: await publicKeys(aws, found.KeyName),
    userData: decodeUserData(await keptUserData(aws, id)),
  });
}

async function findInstance(
  aws: Aws,
  id: string,
  inputs: PropertyMap,
  context: CallContext,
): Promise<PropertyMap | undefined> {
  const found = await describeInstance(aws, id);
  if (found === undefined || (await hasEndedItself(aws, id, context))) {
    return undefined;
  }
  const volume: Volume | undefined = await rootVolume(aws, found);
  return {
    ...instanceOutputs(aws, found, volume, inputs),
    instanceInitiatedShutdownBehavior: await shutdownBehavior(aws, id),
    ...(await addressOutputs(found)),
  };
}

/** The container's address on the bridge stands for both, public and private: nothing would reach the API's own here. */
async function addressOutputs(found: Instance): Promise<PropertyMap> {
  const id = found.InstanceId ?? "";
  const isPublic = found.PublicIpAddress !== undefined;
  const address = (await containers().address(id)) ?? "";
  return { publicIp: isPublic ? address : "", privateIp: address };
}

/** What EC2 does by itself when a machine switches itself off, done when the API is next asked about it. */
async function hasEndedItself(aws: Aws, id: string, context: CallContext): Promise<boolean> {
  if (!(await containers().isOff(id))) {
    return false;
  }
  if ((await shutdownBehavior(aws, id)) !== "terminate") {
    await aws.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    return false;
  }
  context.log("info", `instance ${id} switched itself off and was terminated`);
  await instance.remove(aws, id, {}, context);
  return true;
}
