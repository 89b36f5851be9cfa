import type { Provider } from "../../../../airgap/plugins/framework/provider";
import { type Aws, CONFIGURATION, configure } from "./configure";
import { getAmi } from "./functions/get-ami";
import { getAmiIds } from "./functions/get-ami-ids";
import { getInstanceType } from "./functions/get-instance-type";
import { getInstanceTypeOfferings } from "./functions/get-instance-type-offerings";
import { getInstances } from "./functions/get-instances";
import { getParameter } from "./functions/get-parameter";
import { getServiceQuota } from "./functions/get-service-quota";
import { getSubnet } from "./functions/get-subnet";
import { instance } from "./instance/resource";
import { keyPair } from "./key-pair";
import { resourceHandler } from "./kind";
import { internetGateway } from "./network/internet-gateway";
import { routeTable } from "./network/route-table";
import { routeTableAssociation } from "./network/route-table-association";
import { securityGroup } from "./network/security-group";
import { subnet } from "./network/subnet";
import { vpc } from "./network/vpc";
import type { Tags } from "./tags";

/**
 * A stand-in for the official `aws` plugin, for tests alone: it serves what our program uses of it, on an emulated API,
 * and its instances are containers of this machine. It refuses to talk to a real account.
 */
export function createAwsProvider(): Provider<Aws> {
  // Check and Diff come without a client, and yet the provider's default tags count there.
  let defaults: Tags = {};
  const handler = (kind: Parameters<typeof resourceHandler>[0]) => resourceHandler(kind, () => defaults);
  return {
    name: "aws",
    version: "7.48.0",
    configuration: CONFIGURATION,
    async configure(configuration) {
      const aws = await configure(configuration);
      defaults = aws.defaultTags;
      return aws;
    },
    resources: {
      "aws:ec2/vpc:Vpc": handler(vpc),
      "aws:ec2/subnet:Subnet": handler(subnet),
      "aws:ec2/internetGateway:InternetGateway": handler(internetGateway),
      "aws:ec2/routeTable:RouteTable": handler(routeTable),
      "aws:ec2/routeTableAssociation:RouteTableAssociation": handler(routeTableAssociation),
      "aws:ec2/securityGroup:SecurityGroup": handler(securityGroup),
      "aws:ec2/keyPair:KeyPair": handler(keyPair),
      "aws:ec2/instance:Instance": handler(instance),
    },
    functions: {
      "aws:servicequotas/getServiceQuota:getServiceQuota": getServiceQuota,
      "aws:ssm/getParameter:getParameter": getParameter,
      "aws:ec2/getAmi:getAmi": getAmi,
      "aws:ec2/getAmiIds:getAmiIds": getAmiIds,
      "aws:ec2/getInstances:getInstances": getInstances,
      "aws:ec2/getInstanceType:getInstanceType": getInstanceType,
      "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": getInstanceTypeOfferings,
      "aws:ec2/getSubnet:getSubnet": getSubnet,
    },
  };
}
