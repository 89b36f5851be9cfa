import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ClassTags, nameInClass } from "./aws-tags";

const VPC_NETWORK = "10.77.0.0/16";

/** Room for 1019 machines. */
const SUBNET_NETWORK = "10.77.0.0/22";

const ANYWHERE = "0.0.0.0/0";

/** A public subnet that is there already. */
export interface ExistingSubnet {
  readonly id: string;
  readonly vpcId: string;
}

/** What a class's network is made of. */
export interface NetworkArgs {
  /** Networks from which SSH is allowed. */
  readonly allowedCidrs: readonly string[];
  /** A subnet to use, or the zone in which to make one. */
  readonly place: { readonly subnet: ExistingSubnet } | { readonly zone: string };
  readonly tags: ClassTags;
}

/** Where machines are put. */
export interface Network {
  readonly subnetId: pulumi.Input<string>;
  /** The security group that lets SSH in. */
  readonly sshGroupId: pulumi.Output<string>;
  /** What has to be there before a machine reaches the Internet. */
  readonly routes: readonly pulumi.Resource[];
}

/** The network of a class: a VPC with one public subnet, or a subnet that is there already; SSH alone gets in. */
export function createNetwork(name: string, args: NetworkArgs, opts: pulumi.CustomResourceOptions): Network {
  const subnet = "subnet" in args.place ? args.place.subnet : createSubnet(name, args.place.zone, args.tags, opts);
  const group = createSshGroup(name, subnet.vpcId, args, opts);
  return { subnetId: subnet.id, sshGroupId: group.id, routes: "routes" in subnet ? subnet.routes : [] };
}

function createSubnet(name: string, zone: string, classTags: ClassTags, opts: pulumi.CustomResourceOptions) {
  const tags = (part: string) => ({ ...classTags, Name: nameInClass(part) });
  const vpc = new aws.ec2.Vpc(
    `${name}-vpc`,
    { cidrBlock: VPC_NETWORK, enableDnsSupport: true, enableDnsHostnames: true, tags: tags("vpc") },
    opts,
  );
  const gateway = new aws.ec2.InternetGateway(`${name}-gateway`, { vpcId: vpc.id, tags: tags("gateway") }, opts);
  const subnet = new aws.ec2.Subnet(
    `${name}-subnet`,
    { vpcId: vpc.id, cidrBlock: SUBNET_NETWORK, availabilityZone: zone, tags: tags("subnet") },
    // A zone that comes to offer the instance type later must not move a running class.
    { ...opts, ignoreChanges: ["availabilityZone"] },
  );
  const routes = new aws.ec2.RouteTable(
    `${name}-routes`,
    { vpcId: vpc.id, routes: [{ cidrBlock: ANYWHERE, gatewayId: gateway.id }], tags: tags("routes") },
    opts,
  );
  const association = new aws.ec2.RouteTableAssociation(
    `${name}-routes-subnet`,
    { subnetId: subnet.id, routeTableId: routes.id },
    opts,
  );
  return { id: subnet.id, vpcId: vpc.id, routes: [association] };
}

function createSshGroup(
  name: string,
  vpcId: pulumi.Input<string>,
  args: NetworkArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    `${name}-ssh`,
    {
      // A prefix: in a VPC that is there already another operator may have a class of the same name.
      namePrefix: `${nameInClass("ssh")}-`,
      description: `SSH to the machines of the class ${pulumi.getStack()}`,
      vpcId,
      ingress: [{ description: "SSH", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [...args.allowedCidrs] }],
      egress: [{ description: "Everything", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }],
      tags: { ...args.tags, Name: nameInClass("ssh") },
    },
    opts,
  );
}
