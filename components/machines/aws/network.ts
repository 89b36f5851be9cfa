import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ClassTags, nameInClass } from "./tags";

const VPC_NETWORK = "10.77.0.0/16";

/** 1019 usable addresses. */
const SUBNET_NETWORK = "10.77.0.0/22";

const ANYWHERE = "0.0.0.0/0";

/** An existing public subnet. */
export interface ExistingSubnet {
  /** Id of the subnet, e.g. `subnet-0123`. */
  readonly id: string;
  /** Id of the subnet's VPC, e.g. `vpc-0123`. */
  readonly vpcId: string;
}

/** Ingress of the portal on a machine of the class. */
export interface PortalIngress {
  /** TCP port of the portal, open to `cidrs`. */
  readonly port: number;
  /** Networks from which the portal can be reached. */
  readonly cidrs: readonly string[];
}

/** Inputs of a class's network. */
export interface NetworkArgs {
  /** Networks from which SSH is allowed. */
  readonly allowedCidrs: readonly string[];
  /** Undefined: the class has no machine for the portal. */
  readonly portal: PortalIngress | undefined;
  /** An existing subnet, or the availability zone in which to create one. */
  readonly location: { readonly subnet: ExistingSubnet } | { readonly zone: string };
  /** Tags of each resource. */
  readonly tags: ClassTags;
}

/** The network that machines are launched in. */
export interface Network {
  /** Id of the subnet of all machines. */
  readonly subnetId: pulumi.Input<string>;
  /** The security group that allows SSH. */
  readonly sshGroupId: pulumi.Output<string>;
  /** The security group that allows HTTPS to the portal; empty if the class has no machine for it. */
  readonly portalGroupIds: readonly pulumi.Output<string>[];
  /** Resources without which a machine cannot reach the Internet. */
  readonly routes: readonly pulumi.Resource[];
}

/** Creates the network of a class: a VPC with one public subnet, or an existing subnet. Ingress is SSH, and HTTPS to the portal. */
export function createNetwork(name: string, args: NetworkArgs, opts: pulumi.CustomResourceOptions): Network {
  const subnet =
    "subnet" in args.location ? args.location.subnet : createSubnet(name, args.location.zone, args.tags, opts);
  const createGroup = (part: string, what: string, rules: Pick<aws.ec2.SecurityGroupArgs, "ingress" | "egress">) =>
    new aws.ec2.SecurityGroup(
      `${name}-${part}`,
      {
        // A prefix, because in an existing VPC another operator may have a class of the same name.
        namePrefix: `${nameInClass(part)}-`,
        description: `${what} of the class ${pulumi.getStack()}`,
        vpcId: subnet.vpcId,
        ...rules,
        tags: { ...args.tags, Name: nameInClass(part) },
      },
      opts,
    );
  const portalGroupIds: pulumi.Output<string>[] = [];
  if (args.portal !== undefined) {
    const { port, cidrs } = args.portal;
    const https = { description: "Portal", protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: [...cidrs] };
    // Egress is in the SSH group, which the portal's machine also has.
    portalGroupIds.push(createGroup("portal", "HTTPS to the portal", { ingress: [https] }).id);
  }
  const ssh = { description: "SSH", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [...args.allowedCidrs] };
  const group = createGroup("ssh", "SSH to the machines", {
    // One rule: EC2 describes two of the same port as one.
    ingress: [{ ...ssh, ...(portalGroupIds.length === 0 ? {} : { securityGroups: portalGroupIds }) }],
    egress: [{ description: "Everything", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }],
  });
  const routes = "routes" in subnet ? subnet.routes : [];
  return { subnetId: subnet.id, sshGroupId: group.id, portalGroupIds, routes };
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
    // If another zone offers the instance type later, a running class must not move.
    pulumi.mergeOptions(opts, { ignoreChanges: ["availabilityZone"] }),
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
