import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { text } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";

/** `aws:servicequotas/getServiceQuota:getServiceQuota`, by a quota's code alone. */
export const getServiceQuota: FunctionHandler<Aws> = {
  inputs: ["quotaCode", "serviceCode"],
  async call(aws, inputs) {
    const [QuotaCode, ServiceCode] = [text(inputs.quotaCode), text(inputs.serviceCode)];
    const command = new GetServiceQuotaCommand({ QuotaCode, ServiceCode });
    const { Quota: quota } = await aws.quotas.send(command).catch((error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`reading Service Quotas Service Quota (${ServiceCode}/${QuotaCode}): ${reason}`, {
        cause: error,
      });
    });
    return {
      id: quota?.QuotaArn ?? "",
      adjustable: quota?.Adjustable ?? false,
      arn: quota?.QuotaArn ?? "",
      globalQuota: quota?.GlobalQuota ?? false,
      quotaCode: quota?.QuotaCode ?? "",
      quotaName: quota?.QuotaName ?? "",
      region: aws.region,
      serviceCode: quota?.ServiceCode ?? "",
      value: quota?.Value ?? 0,
    };
  },
};
