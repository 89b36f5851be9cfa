import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ClassTags, nameInClass } from "./tags";

const VPC_NETWORK = "10.77.0.0/16";

/** Room for 1019 machines. */
const SUBNET_NETWORK = "10.77.0.0/22";

const ANYWHERE = "0.0.0.0/0";

/** A public subnet that is there already. */
export interface ExistingSubnet {
  /** Id of the subnet, e.g. `subnet-0123`. */
  readonly id: string;
  /** Id of the subnet's VPC, e.g. `vpc-0123`. */
  readonly vpcId: string;
}

/** A portal on a machine of the class, for its network. */
export interface PortalDoor {
  /** TCP port of the portal, open to `cidrs`. */
  readonly port: number;
  /** Networks from which the portal is reached. */
  readonly cidrs: readonly string[];
}

/** What a class's network is made of. */
export interface NetworkArgs {
  /** Networks from which SSH is allowed. */
  readonly allowedCidrs: readonly string[];
  /** Undefined: no machine of the class is its portal's. */
  readonly portal: PortalDoor | undefined;
  /** A subnet to use, or the zone in which to make one. */
  readonly place: { readonly subnet: ExistingSubnet } | { readonly zone: string };
  /** Tags of each resource. */
  readonly tags: ClassTags;
}

/** Where machines are put. */
export interface Network {
  /** Id of the subnet of all machines. */
  readonly subnetId: pulumi.Input<string>;
  /** The security group that lets SSH in. */
  readonly sshGroupId: pulumi.Output<string>;
  /** The one that lets browsers in to the portal; none where the class has no machine for it. */
  readonly portalGroupIds: readonly pulumi.Output<string>[];
  /** What has to be there before a machine reaches the Internet. */
  readonly routes: readonly pulumi.Resource[];
}

/** The network of a class: a VPC with one public subnet, or a subnet that is there already; SSH alone gets in, and browsers to the portal. */
export function createNetwork(name: string, args: NetworkArgs, opts: pulumi.CustomResourceOptions): Network {
  const subnet = "subnet" in args.place ? args.place.subnet : createSubnet(name, args.place.zone, args.tags, opts);
  const portalGroups =
    args.portal === undefined ? [] : [createPortalGroup(name, subnet.vpcId, args, args.portal, opts)];
  const portalGroupIds = portalGroups.map(({ id }) => id);
  const group = createSshGroup(name, subnet.vpcId, { ...args, portalGroupIds }, opts);
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
    // A zone that comes to offer the instance type later must not move a running class.
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

/** Lets browsers in. What its machine sends is the other group's affair, which that has, too. */
function createPortalGroup(
  name: string,
  vpcId: pulumi.Input<string>,
  { tags }: NetworkArgs,
  { port, cidrs }: PortalDoor,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    `${name}-portal`,
    {
      namePrefix: `${nameInClass("portal")}-`,
      description: `HTTPS to the portal of the class ${pulumi.getStack()}`,
      vpcId,
      ingress: [{ description: "Portal", protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: [...cidrs] }],
      tags: { ...tags, Name: nameInClass("portal") },
    },
    opts,
  );
}

function createSshGroup(
  name: string,
  vpcId: pulumi.Input<string>,
  args: NetworkArgs & Pick<Network, "portalGroupIds">,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.SecurityGroup {
  const ssh = { description: "SSH", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [...args.allowedCidrs] };
  const { portalGroupIds } = args;
  return new aws.ec2.SecurityGroup(
    `${name}-ssh`,
    {
      // A prefix: in a VPC that is there already another operator may have a class of the same name.
      namePrefix: `${nameInClass("ssh")}-`,
      description: `SSH to the machines of the class ${pulumi.getStack()}`,
      vpcId,
      // One rule: EC2 describes two of the same port as one.
      ingress: [{ ...ssh, ...(portalGroupIds.length === 0 ? {} : { securityGroups: [...portalGroupIds] }) }],
      egress: [{ description: "Everything", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }],
      tags: { ...args.tags, Name: nameInClass("ssh") },
    },
    opts,
  );
}
