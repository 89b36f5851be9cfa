import { DescribeInstanceTypesCommand, type _InstanceType as InstanceType } from "@aws-sdk/client-ec2";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { text } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";

/** `aws:ec2/getInstanceType:getInstanceType`, with those of its many outputs that describe what a machine is. */
export const getInstanceType: FunctionHandler<Aws> = {
  inputs: ["instanceType"],
  async call(aws, inputs) {
    const instanceType = text(inputs.instanceType) ?? "";
    const command = new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as InstanceType] });
    const { InstanceTypes: types = [] } = await aws.ec2.send(command).catch((error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`reading EC2 Instance Type (${instanceType}): ${reason}`, { cause: error });
    });
    const [found] = types;
    if (found === undefined) {
      throw new Error(`reading EC2 Instance Type (${instanceType}): no matching EC2 Instance Type found`);
    }
    return {
      id: instanceType,
      bareMetal: found.BareMetal ?? false,
      burstablePerformanceSupported: found.BurstablePerformanceSupported ?? false,
      currentGeneration: found.CurrentGeneration ?? false,
      defaultCores: found.VCpuInfo?.DefaultCores ?? 0,
      defaultVcpus: found.VCpuInfo?.DefaultVCpus ?? 0,
      freeTierEligible: found.FreeTierEligible ?? false,
      hypervisor: found.Hypervisor ?? "",
      instanceType,
      memorySize: Number(found.MemoryInfo?.SizeInMiB ?? 0),
      region: aws.region,
      supportedArchitectures: found.ProcessorInfo?.SupportedArchitectures ?? [],
      supportedRootDeviceTypes: found.SupportedRootDeviceTypes ?? [],
      supportedUsagesClasses: found.SupportedUsageClasses ?? [],
      supportedVirtualizationTypes: found.SupportedVirtualizationTypes ?? [],
    };
  },
};
