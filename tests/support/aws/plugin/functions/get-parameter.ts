import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { FunctionHandler } from "../../../../../airgap/plugins/framework/provider";
import { text, truth } from "../../../../../airgap/plugins/framework/values";
import type { Aws } from "../configure";

/** `aws:ssm/getParameter:getParameter`. */
export const getParameter: FunctionHandler<Aws> = {
  inputs: ["name", "withDecryption"],
  async call(aws, inputs) {
    const name = text(inputs.name) ?? "";
    const withDecryption = truth(inputs.withDecryption) ?? true;
    const command = new GetParameterCommand({ Name: name, WithDecryption: withDecryption });
    const { Parameter: found } = await aws.ssm.send(command).catch((error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`reading SSM Parameter (${name}): ${reason}`, { cause: error });
    });
    const value = found?.Value ?? "";
    return {
      id: name,
      arn: found?.ARN ?? "",
      insecureValue: found?.Type === "SecureString" ? "" : value,
      name,
      region: aws.region,
      type: found?.Type ?? "",
      value,
      version: found?.Version ?? 0,
      withDecryption,
    };
  },
};
