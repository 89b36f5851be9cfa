import { group, groups, type Resource, ruleFor, texts } from "./resource";

const INSTANCE = "aws:ec2/instance:Instance";
const VOLUME = "aws:ebs/volume:Volume";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const SSH = 22;

/** Networks with fewer shared bits are as good as the whole Internet: it can be written as two halves. */
const NARROW_FROM_PREFIX = 8;

/** Types of a class's resources at AWS that have tags. */
const TAGGED = [
  "aws:ec2/vpc:Vpc",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/keyPair:KeyPair",
  SECURITY_GROUP,
  INSTANCE,
];

const TAGS = ["lab", "class", "owner", "expires", "Name"];

/** What the names of a volume's inputs begin with, and the inputs. */
type Volume = [prefix: string, props: Resource["props"]];

/** Rules about what a class has at AWS. */
export const AWS_RULES = [
  ruleFor(
    [SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE],
    { name: "no-open-ssh", description: "SSH is not open to the Internet." },
    (props, type) => ingressOf(props, type).filter(allowsSsh).flatMap(wideNetworks).map(openTo),
  ),
  ruleFor(
    [INSTANCE],
    { name: "imds-v2", description: "Instances answer metadata requests by IMDSv2 alone." },
    ({ metadataOptions }) => {
      const { httpTokens, httpEndpoint } = group(metadataOptions);
      return httpTokens === "required" || httpEndpoint === "disabled"
        ? []
        : ['metadataOptions.httpTokens must be "required": IMDSv1 gives credentials away to any proxied request'];
    },
  ),
  ruleFor(
    [INSTANCE, VOLUME],
    { name: "encrypted-volumes", description: "Volumes are encrypted, those of an instance and others." },
    (props, type) => {
      const disks = groups(props["ebsBlockDevices"]).map((disk, index): Volume => [`ebsBlockDevices[${index}].`, disk]);
      const volumes: Volume[] =
        type === VOLUME ? [["", props]] : [["rootBlockDevice.", group(props["rootBlockDevice"])], ...disks];
      return volumes.flatMap(([name, { encrypted }]) => (encrypted === true ? [] : [`${name}encrypted must be true`]));
    },
  ),
  ruleFor(
    TAGGED,
    {
      name: "tagged",
      description: "Every resource at AWS has tags for lab, class, owner and end.",
    },
    (props, type) => {
      const tagGroups = type === INSTANCE ? ["tags", "volumeTags"] : ["tags"];
      const wanted = type === INSTANCE ? [...TAGS, "seat"] : TAGS;
      return tagGroups.flatMap((name) => {
        const tags = group(props[name]);
        const missing = wanted.filter((tag) => typeof tags[tag] !== "string" || tags[tag] === "");
        return missing.length === 0 ? [] : [`${name} must have ${missing.join(", ")}`];
      });
    },
  ),
  ruleFor(
    [INSTANCE],
    { name: "time-to-live", description: "Instances end by themselves, and cost nothing from then on." },
    ({ instanceInitiatedShutdownBehavior: behaviour, tags }) => [
      ...(behaviour === "terminate"
        ? []
        : [
            'instanceInitiatedShutdownBehavior must be "terminate": an instance that is only stopped still costs money',
          ]),
      ...(isEnd(group(tags)["expires"]) ? [] : ["tags.expires must be a duration or a time"]),
    ],
  ),
  ruleFor(
    [INSTANCE],
    { name: "pinned-machine-images", description: "Instances start from one machine image, by its id." },
    ({ ami }) => (/^ami-[0-9a-f]{8,17}$/.test(String(ami)) ? [] : ["ami must be the id of a machine image"]),
  ),
];

function ingressOf(props: Resource["props"], type: string): Resource["props"][] {
  if (type === SECURITY_GROUP) {
    return groups(props["ingress"]);
  }
  return type === SECURITY_GROUP_RULE && props["type"] !== "ingress" ? [] : [props];
}

function allowsSsh({ protocol, ipProtocol, fromPort, toPort }: Resource["props"]): boolean {
  const ofProtocol = String(protocol ?? ipProtocol).toLowerCase();
  if (ofProtocol === "-1" || ofProtocol === "all") {
    return true;
  }
  // 6 is TCP's number.
  return ["tcp", "6"].includes(ofProtocol) && Number(fromPort) <= SSH && SSH <= Number(toPort);
}

function wideNetworks({ cidrBlocks, ipv6CidrBlocks, cidrIpv4, cidrIpv6 }: Resource["props"]): string[] {
  const networks = [...texts(cidrBlocks), ...texts(ipv6CidrBlocks), ...texts([cidrIpv4, cidrIpv6])];
  return networks.filter((network) => Number(network.split("/")[1] ?? Number.NaN) < NARROW_FROM_PREFIX);
}

function openTo(network: string): string {
  return `SSH must not be open to ${network}: name the networks that the class is reached from`;
}

function isEnd(expires: unknown): boolean {
  return typeof expires === "string" && (/^\d+[mhd]$/.test(expires) || !Number.isNaN(Date.parse(expires)));
}
