import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AwsAnswers, awsClass, awsConfig, GOOD_ANSWERS } from "../support/aws-class";
import { inventory, MODES, type RecordedResource, userDataOf } from "../support/mocks";

const SHARED = [
  "aws:ec2/internetGateway:InternetGateway lab-gateway",
  "aws:ec2/keyPair:KeyPair lab-key",
  "aws:ec2/routeTable:RouteTable lab-routes",
  "aws:ec2/routeTableAssociation:RouteTableAssociation lab-routes-subnet",
  "aws:ec2/securityGroup:SecurityGroup lab-ssh",
  "aws:ec2/subnet:Subnet lab-subnet",
  "aws:ec2/vpc:Vpc lab-vpc",
  "command:local:Command lab-access-files",
  "lab-nodes:index:Access lab-access",
  "lab-nodes:index:Classroom lab",
  "pulumi:providers:aws lab-aws",
  "tls:index/privateKey:PrivateKey lab-access-client-key",
];

function nodeResources(node: string): string[] {
  return [
    `aws:ec2/instance:Instance ${node}`,
    `command:remote:Command ${node}-base-images`,
    `command:remote:Command ${node}-ready`,
    `command:remote:Command ${node}-student-password`,
    `docker:index/image:Image ${node}-figlet`,
    `docker:index/image:Image ${node}-hello-v0.1`,
    `docker:index/image:Image ${node}-hello-v0.2`,
    `lab-nodes:index:LabImages ${node}-images`,
    `lab-nodes:index:LabNode ${node}`,
    `pulumi:providers:docker ${node}-engine`,
    `tls:index/privateKey:PrivateKey ${node}-host-key`,
    `tls:index/privateKey:PrivateKey ${node}-student-key`,
  ];
}

function find(resources: readonly RecordedResource[], type: string, name: string): RecordedResource {
  const found = resources.filter((resource) => resource.type === type && resource.name === name);
  expect(found, `${type} ${name}`).toHaveLength(1);
  return found[0] as RecordedResource;
}

function ofAws(resources: readonly RecordedResource[]): string[] {
  return inventory(resources).filter((line) => line.startsWith("aws:"));
}

const CLASS_TAGS = { lab: "lab-nodes", class: "test", owner: "ana", expires: "12h" };

describe.each(MODES)("in %s mode", (mode) => {
  test("one seat is exactly these resources, with plain names", async () => {
    const { resources, refusal } = await awsClass(mode, awsConfig());
    expect(refusal).toBeUndefined();
    expect(inventory(resources)).toEqual([...SHARED, ...nodeResources("node1")].sort());
  });

  test("three seats are the shared resources once and a node's three times", async () => {
    const { resources } = await awsClass(mode, awsConfig({ seats: 3 }));
    const nodes = ["seat01-node1", "seat02-node1", "seat03-node1"].flatMap(nodeResources);
    expect(inventory(resources)).toEqual([...SHARED, ...nodes].sort());
  });

  test("of AWS's own resources a seat adds the instance alone", async () => {
    const one = ofAws((await awsClass(mode, awsConfig())).resources);
    const three = ofAws((await awsClass(mode, awsConfig({ seats: 3 }))).resources);
    expect([one.length, three.length]).toEqual([8, 10]);
    expect(three.filter((line) => !one.includes(line))).toEqual([
      "aws:ec2/instance:Instance seat01-node1",
      "aws:ec2/instance:Instance seat02-node1",
      "aws:ec2/instance:Instance seat03-node1",
    ]);
  });

  test("an existing subnet takes the place of network and routes", async () => {
    const { resources } = await awsClass(mode, awsConfig({ aws: { subnetId: "subnet-00000001" } }));
    expect(ofAws(resources)).toEqual([
      "aws:ec2/instance:Instance node1",
      "aws:ec2/keyPair:KeyPair lab-key",
      "aws:ec2/securityGroup:SecurityGroup lab-ssh",
    ]);
    expect(find(resources, "aws:ec2/instance:Instance", "node1").inputs["subnetId"]).toBe("subnet-00000001");
    expect(find(resources, "aws:ec2/securityGroup:SecurityGroup", "lab-ssh").inputs["vpcId"]).toBe("vpc-of-others");
  });
});

describe("an instance", () => {
  test("is exactly this", async () => {
    const { resources } = await awsClass("update", awsConfig());
    const { inputs, options } = find(resources, "aws:ec2/instance:Instance", "node1");
    const tags = { ...CLASS_TAGS, seat: "seat01", Name: "lab-test-node1" };
    expect({ ...inputs, userDataBase64: "..." }).toEqual({
      ami: "ami-000000000000d64",
      instanceType: "t3.medium",
      subnetId: "lab-subnet-id",
      vpcSecurityGroupIds: ["lab-ssh-id"],
      associatePublicIpAddress: true,
      keyName: "name-of-lab-key",
      userDataBase64: "...",
      userDataReplaceOnChange: true,
      instanceInitiatedShutdownBehavior: "terminate",
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 20, deleteOnTermination: true },
      tags,
      volumeTags: tags,
    });
    expect(options.ignoreChanges).toEqual(["ami"]);
  });

  test("waits for the way to the Internet: cloud-init installs packages as soon as it starts", async () => {
    const { resources } = await awsClass("update", awsConfig());
    const { dependencies } = find(resources, "aws:ec2/instance:Instance", "node1").options;
    expect(dependencies).toContain("lab-routes-subnet");
  });

  test("takes size, type, image and market from the settings", async () => {
    const aws = { rootGigabytes: 30, instanceType: "t3.large", ami: "ami-11111111", spot: true };
    const { resources, calls } = await awsClass("update", awsConfig({ aws }));
    expect(find(resources, "aws:ec2/instance:Instance", "node1").inputs).toMatchObject({
      ami: "ami-11111111",
      instanceType: "t3.large",
      rootBlockDevice: { volumeSize: 30 },
      instanceMarketOptions: {
        marketType: "spot",
        spotOptions: { spotInstanceType: "one-time", instanceInterruptionBehavior: "terminate" },
      },
    });
    // Anybody's image will do when the user names it.
    expect(calls.find(({ token }) => token.endsWith(":getAmi"))?.inputs).toEqual({
      filters: [{ name: "image-id", values: ["ami-11111111"] }],
    });
    expect(calls.some(({ token }) => token.endsWith(":getParameter"))).toBe(false);
  });

  test("gets its user data compressed and in base64, as a secret", async () => {
    const { resources } = await awsClass("update", awsConfig());
    const machine = find(resources, "aws:ec2/instance:Instance", "node1");
    expect(JSON.parse(userDataOf(machine))).toMatchObject({ gzip: true, base64Encode: true });
    expect(JSON.stringify(machine.inputs["userDataBase64"])).toContain("1b47061264138c4ac30d75fd1eb44270");
  });

  test("gets its own host key by its user data, and no other private key", async () => {
    const { resources } = await awsClass("update", awsConfig({ seats: 2 }));
    const machine = find(resources, "aws:ec2/instance:Instance", "seat01-node1");
    const keys = userDataOf(machine).match(/private-of-[\w-]+/g);
    expect(keys).toEqual(["private-of-seat01-node1-host-key"]);
  });

  test("on arm64 has an image and images of that platform", async () => {
    const { resources, calls } = await awsClass("update", awsConfig({ aws: { instanceType: "t4g.medium" } }));
    expect(find(resources, "aws:ec2/instance:Instance", "node1").inputs["ami"]).toBe("ami-000000000000a64");
    expect(find(resources, "docker:index/image:Image", "node1-figlet").inputs["build"]).toMatchObject({
      platform: "linux/arm64",
    });
    expect(calls).toContainEqual({
      token: "aws:ec2/getAmi:getAmi",
      inputs: { filters: [{ name: "image-id", values: ["ami-000000000000a64"] }], owners: ["099720109477"] },
    });
  });

  test("is reached at its public address, as root", async () => {
    const { resources } = await awsClass("update", awsConfig());
    const gate = find(resources, "command:remote:Command", "node1-ready");
    expect(JSON.stringify(gate.inputs["connection"])).toContain('"198.51.100.1"');
    expect(find(resources, "pulumi:providers:docker", "node1-engine").inputs["host"]).toBe(
      "ssh://root@198.51.100.1:22",
    );
  });

  test("finds base images and Trivy in a folder of its own image", async () => {
    const trivy = { archive: "trivy.tar.gz", sha256: "5e".repeat(32) };
    const config = awsConfig({ aws: { ami: "ami-11111111" }, artefacts: { directory: "/srv/class" }, trivy });
    const { resources } = await awsClass("update", config);
    expect(find(resources, "command:remote:Command", "node1-base-images").inputs["environment"]).toMatchObject({
      LAB_ARTEFACT_DIRECTORY: "/srv/class",
    });
    const machine = find(resources, "aws:ec2/instance:Instance", "node1");
    expect(userDataOf(machine)).toContain("/srv/class/trivy.tar.gz");
  });
});

describe("the class's own resources", () => {
  test("let SSH in from the allowed networks, and nothing else", async () => {
    const { resources } = await awsClass("update", awsConfig({ aws: { allowedCidrs: "203.0.113.0/24,10.0.0.0/8" } }));
    expect(find(resources, "aws:ec2/securityGroup:SecurityGroup", "lab-ssh").inputs).toMatchObject({
      namePrefix: "lab-test-ssh-",
      vpcId: "lab-vpc-id",
      ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.0/24", "10.0.0.0/8"] }],
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
    });
  });

  test("lead from the subnet to the Internet", async () => {
    const { resources } = await awsClass("update", awsConfig());
    const subnet = find(resources, "aws:ec2/subnet:Subnet", "lab-subnet");
    // The first zone that offers the type; another one later moves nothing.
    expect(subnet.inputs).toMatchObject({ vpcId: "lab-vpc-id", availabilityZone: "eu-central-1a" });
    expect(subnet.options.ignoreChanges).toEqual(["availabilityZone"]);
    expect(find(resources, "aws:ec2/routeTable:RouteTable", "lab-routes").inputs["routes"]).toEqual([
      { cidrBlock: "0.0.0.0/0", gatewayId: "lab-gateway-id" },
    ]);
    const association = "aws:ec2/routeTableAssociation:RouteTableAssociation";
    expect(find(resources, association, "lab-routes-subnet").inputs).toEqual({
      subnetId: "lab-subnet-id",
      routeTableId: "lab-routes-id",
    });
  });

  test("hold the operator's public key", async () => {
    const { resources } = await awsClass("update", awsConfig());
    expect(find(resources, "aws:ec2/keyPair:KeyPair", "lab-key").inputs).toEqual({
      keyNamePrefix: "lab-test-key-",
      publicKey: "ssh-ed25519 public-of-lab-access-client-key",
      tags: { ...CLASS_TAGS, Name: "lab-test-key" },
    });
  });

  test("are tagged, each with the class in its name", async () => {
    const { resources } = await awsClass("update", awsConfig({ seats: 2, expires: "2096-12-01T18:00Z" }));
    const tagged = resources.filter(({ type }) => type.startsWith("aws:") && !type.endsWith("Association"));
    expect(tagged).toHaveLength(8);
    for (const { name, inputs } of tagged) {
      expect(inputs["tags"], name).toMatchObject({
        ...CLASS_TAGS,
        expires: "2096-12-01T18:00:00Z",
        Name: expect.stringMatching(/^lab-test-/),
      });
    }
  });

  test("are in the region of the setting, in an account that the provider finds", async () => {
    const { resources } = await awsClass("update", awsConfig());
    // Inputs of a provider travel as JSON.
    expect(find(resources, "pulumi:providers:aws", "lab-aws").inputs).toMatchObject({
      region: "eu-central-1",
      defaultTags: JSON.stringify({ tags: CLASS_TAGS }),
    });
  });
});

describe("an extended class", () => {
  const END = "2096-12-01T20:00:00Z";

  test.each(MODES)("differs in its tags, and in a resource that tells each machine, in %s mode", async (mode) => {
    const [plain, extended] = await Promise.all([
      (await awsClass(mode, awsConfig({ seats: 2 }))).resources,
      (await awsClass(mode, awsConfig({ seats: 2, extended: END }))).resources,
    ]);
    expect(inventory(extended).filter((line) => !inventory(plain).includes(line))).toEqual([
      "command:remote:Command seat01-node1-extension",
      "command:remote:Command seat02-node1-extension",
    ]);
    const retagged = (text: string) => text.replaceAll(/(expires\W+)12h/g, `$1${END}`);
    for (const { type, name, inputs } of plain) {
      expect(JSON.stringify(find(extended, type, name).inputs), name).toBe(retagged(JSON.stringify(inputs)));
    }
    const tagged = extended.filter(({ type }) => type.startsWith("aws:") && !type.endsWith("Association"));
    expect(tagged.map(({ inputs }) => (inputs["tags"] as Record<string, string>)["expires"])).toEqual(
      tagged.map(() => END),
    );
  });

  test("whose first time is past is not refused while the later one is ahead", async () => {
    const { refusal } = await awsClass("update", awsConfig({ expires: "2020-12-01T18:00Z", extended: END }));
    expect(refusal).toBeUndefined();
  });

  test("is one that was not, once its extension is past", async () => {
    const past = { extended: "2020-12-01T18:00Z" };
    const { resources } = await awsClass("update", awsConfig(past));
    expect(inventory(resources)).toEqual([...SHARED, ...nodeResources("node1")].sort());
    expect((await awsClass("update", awsConfig({ ...past, expires: "2020-12-01T17:00Z" }))).refusal).toContain(
      "expires: 2020-12-01T17:00:00Z is in the past",
    );
  });
});

describe("a class that cannot be made", () => {
  /** As gRPC puts it: the SDK reads the details alone. */
  const fail = (details: string) => () => {
    throw Object.assign(new Error(details), { details });
  };

  async function refusalOf(answers: AwsAnswers, raw: Record<string, unknown> = {}) {
    const { refusal, resources } = await awsClass("update", awsConfig(raw), { ...GOOD_ANSWERS, ...answers });
    // The provider makes nothing at AWS.
    expect(inventory(resources)).toEqual(["pulumi:providers:aws lab-aws"]);
    return refusal;
  }

  test("is refused with all problems in one message, before the first resource", async () => {
    const answers = {
      "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({ locations: ["eu-central-1a"] }),
      "aws:ec2/getAmi:getAmi": () => ({ id: "ami-22222222", architecture: "arm64" }),
      "aws:ec2/getInstanceType:getInstanceType": () => ({
        supportedArchitectures: ["x86_64"],
        supportedUsagesClasses: ["on-demand"],
        defaultVcpus: 2,
      }),
    };
    const aws = { spot: true, subnetId: "subnet-00000001", ami: "ami-22222222" };
    const refusal = await refusalOf(answers, { aws, expires: "2020-01-01T00:00Z" });
    expect(refusal?.replace(/it is \S+ now/, "it is later now")).toMatchInlineSnapshot(`
      "The config of this lab has 4 problems:
        - expires: 2020-01-01T00:00:00Z is in the past (it is later now): set a later time, or a duration such as 12h
        - aws.spot: t3.medium is not available as a spot instance: set aws.spot to false
        - aws.subnetId: subnet-00000001 is in eu-central-1b, which does not offer t3.medium: these do: eu-central-1a
        - aws.ami: ami-22222222 is for arm64, and t3.medium is not: choose another image or instance type"
    `);
  });

  test("is told once that AWS does not take the credentials", async () => {
    const refused = fail(
      "invocation of aws:ec2/getInstanceType:getInstanceType returned an error: unable to validate AWS credentials.\n" +
        "Details: No valid credential sources found.",
    );
    const answers = Object.fromEntries(Object.keys(GOOD_ANSWERS).map((token) => [token, refused]));
    expect(await refusalOf(answers)).toMatchInlineSnapshot(`
      "The config of this lab has 1 problem:
        - credentials: AWS does not accept them (unable to validate AWS credentials. Details: No valid credential sources found.): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; check your identity: aws sts get-caller-identity"
    `);
  });

  test.each([
    [
      "a type that AWS does not know",
      { "aws:ec2/getInstanceType:getInstanceType": fail("InvalidInstanceType: no t3.medium") },
      "aws.instanceType: AWS has no t3.medium in eu-central-1 (InvalidInstanceType: no t3.medium): the default is t3.medium, and t4g.medium for arm64",
    ],
    [
      "a type that AWS did not return",
      { "aws:ec2/getInstanceType:getInstanceType": fail("RequestLimitExceeded") },
      "aws.instanceType: AWS did not return t3.medium in eu-central-1 (RequestLimitExceeded)",
    ],
    [
      "a type that no zone offers",
      { "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({ locations: [] }) },
      "aws.instanceType: no zone of eu-central-1 offers t3.medium: choose another aws.instanceType, or another aws.region",
    ],
    [
      "zones that AWS did not return",
      { "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": fail("Throttled") },
      "aws.region: AWS does not list the zones of eu-central-1 that offer t3.medium (Throttled)",
    ],
    [
      "a type of another architecture",
      {
        "aws:ec2/getInstanceType:getInstanceType": () => ({
          supportedArchitectures: ["x86_64_mac"],
          supportedUsagesClasses: [],
          defaultVcpus: 12,
        }),
      },
      "aws.instanceType: t3.medium is for x86_64_mac: nodes need x86_64 or arm64",
    ],
    [
      "a parameter that is not there",
      { "aws:ssm/getParameter:getParameter": fail("ParameterNotFound") },
      "aws.ami: AWS has no image of Ubuntu 24.04 that is Canonical's in eu-central-1 (ParameterNotFound)",
    ],
    [
      "an image that is not Canonical's",
      { "aws:ec2/getAmi:getAmi": fail("Your query returned no results.") },
      "aws.ami: AWS has no image of Ubuntu 24.04 that is Canonical's in eu-central-1 (Your query returned no results.)",
    ],
  ])("has %s", async (_, answers, problem) => {
    expect(await refusalOf(answers)).toBe(`The config of this lab has 1 problem:\n  - ${problem}`);
  });

  test("takes more vCPUs than the account may have", async () => {
    const answers = { "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 32 }) };
    expect(await refusalOf(answers, { seats: 17 })).toBe(
      "The config of this lab has 1 problem:\n" +
        "  - vCPU quota: 17 seats with 2 vCPUs each need 34; your account may have 32: " +
        "set seats to 16 at most, choose another aws.instanceType, or ask for more: " +
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 34 --region eu-central-1",
    );
  });

  test.each([
    [
      "that AWS did not return",
      { "aws:servicequotas/getServiceQuota:getServiceQuota": fail("AccessDeniedException") },
      17,
    ],
    ["that is just large enough", { "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 32 }) }, 16],
  ])("is not refused for a quota %s", async (_, answers, seats) => {
    const { refusal } = await awsClass("preview", awsConfig({ seats }), { ...GOOD_ANSWERS, ...answers });
    expect(refusal).toBeUndefined();
  });

  test("has a subnet that is not in the region", async () => {
    const answers = {
      "aws:ec2/getSubnet:getSubnet": fail(
        "invocation of aws:ec2/getSubnet:getSubnet returned an error: " +
          "invoking aws:ec2/getSubnet:getSubnet: 1 error occurred:\n\t* no matching EC2 Subnet found\n\n",
      ),
    };
    expect(await refusalOf(answers, { aws: { subnetId: "subnet-00000001" } })).toBe(
      "The config of this lab has 1 problem:\n" +
        "  - aws.subnetId: AWS has no subnet-00000001 in eu-central-1 (no matching EC2 Subnet found): " +
        "list them: aws ec2 describe-subnets",
    );
  });
});

describe("the region", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_REGION", "");
    vi.stubEnv("AWS_DEFAULT_REGION", "");
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  async function regionOf(region: string | undefined) {
    const { resources } = await awsClass("update", { ...awsConfig(), aws: { ...awsConfig().aws, region } });
    return find(resources, "pulumi:providers:aws", "lab-aws").inputs["region"];
  }

  test("that is not set anywhere is a problem", async () => {
    const { refusal, resources } = await awsClass("update", {
      ...awsConfig(),
      aws: { ...awsConfig().aws, region: undefined },
    });
    expect(refusal).toContain("aws.region: is not set, and neither aws:region nor AWS_REGION is");
    expect(resources).toEqual([]);
  });

  test("is the environment's where no setting has one", async () => {
    vi.stubEnv("AWS_DEFAULT_REGION", "us-west-1");
    expect(await regionOf(undefined)).toBe("us-west-1");
    vi.stubEnv("AWS_REGION", "us-west-2");
    expect(await regionOf(undefined)).toBe("us-west-2");
    expect(await regionOf("eu-north-1")).toBe("eu-north-1");
  });
});
