import { awsSchema } from "../aws";
import { hostsIn } from "../hosts";
import { moveProblems, movesIn } from "../moves";
import { configSchema, DEFAULTS } from "../schema";
import { problemIf, type RawConfig, type SettingProblem, settingAt } from "../settings";
import { isUrl, refusedTrivyVersion } from "../values/artefacts";
import { parseNetwork } from "../values/networks";
import { checkPorts } from "./ports";

/** Checks settings against each other. Works on a raw config, so that one bad value hides no other problem. */
export function checkSettings(raw: RawConfig): SettingProblem[] {
  return [
    ...checkPorts(raw),
    ...checkCombinations(raw),
    ...checkMoves(raw),
    ...checkPlacement(raw),
    ...checkOpenNetworks(raw),
    ...checkTrivyArchive(raw),
    ...checkTrivyDatabase(raw),
    ...checkArtefactNames(raw),
  ];
}

/** Settings that are not allowed, or are required, because of another one. */
function checkCombinations(raw: RawConfig): SettingProblem[] {
  const isSet = (setting: string) => settingAt(raw, setting) !== undefined;
  const has = (setting: string, value: string) => settingAt(raw, setting) === value;
  const isAws = has("target", "aws");
  const isEndless = !isSet("expires") && (!isSet("target") || has("target", "local"));
  const hasHosts = isSet("docker.hosts");
  const withoutMirror = isAws ? "the target aws" : "a class on several docker.hosts";
  return [
    ...problemIf(
      isSet("images.registry") && !has("images.delivery", "registry"),
      "images.registry",
      'must not be set unless images.delivery is "registry"',
    ),
    // The class's own mirror runs on the Docker Engine of its nodes.
    ...problemIf(
      has("images.mirror", "class") && (isAws || hasHosts),
      "images.mirror",
      `must be a URL for ${withoutMirror}: "class" runs a mirror on the one Docker Engine of all nodes`,
    ),
    // Machines created without an end have no timer to move.
    ...problemIf(
      isSet("extended") && isEndless,
      "extended",
      "must not be set unless expires is set: without it, local machines never end by themselves",
    ),
    // The portal must reach every seat, which works on one Docker Engine and at AWS only.
    ...problemIf(
      has("portal", "node") && hasHosts,
      "portal",
      'must be "operator" if docker.hosts is set: run pulumi config set --path portal operator, then ./lab portal on a machine that students can reach',
    ),
    ...problemIf(
      isAws && !isSet("aws.allowedCidrs"),
      "aws.allowedCidrs",
      "must be set for the target aws, to networks from which SSH is allowed, such as 203.0.113.0/24",
    ),
    ...problemIf(
      isAws && isSet("artefacts.directory") && !isSet("aws.ami"),
      "aws.ami",
      "must be set if artefacts.directory is set: the machine image must contain that folder",
    ),
  ];
}

function checkMoves(raw: RawConfig): SettingProblem[] {
  const seats = configSchema.shape.seats.safeParse(raw["seats"]);
  const spares = configSchema.shape.spares.safeParse(raw["spares"]);
  if (!seats.success || !spares.success) {
    return [];
  }
  return moveProblems(movesIn(raw), { seats: seats.data, spares: spares.data });
}

function checkPlacement(raw: RawConfig): SettingProblem[] {
  const { hosts, placement } = hostsIn(raw);
  const isSet = hosts.length > 0;
  const twice = new Set(hosts.filter((address, index) => hosts.indexOf(address) !== index));
  return [
    ...[...twice].flatMap((address) => problemIf(true, "docker.hosts", `must not list ${address} more than once`)),
    ...problemIf(
      isSet && settingAt(raw, "docker.host") !== undefined,
      "docker.host",
      "must not be set if docker.hosts is set: add it to that list",
    ),
    ...problemIf(
      isSet && settingAt(raw, "images.delivery") === "registry",
      "images.delivery",
      'must be "build" if docker.hosts is set',
    ),
    ...Object.entries(placement).flatMap(([slot, address]) =>
      problemIf(
        !hosts.includes(address),
        `placement.${slot}`,
        `${address} is not one of docker.hosts, but ${slot} is on it; add it again, or run ./lab down first`,
      ),
    ),
  ];
}

/** Shorter prefixes count as the whole Internet: 0.0.0.0/0 can be written as two halves. */
const NARROW_FROM_PREFIX = 8;

function checkOpenNetworks(raw: RawConfig): SettingProblem[] {
  const anywhere = awsSchema.shape.allowAnywhere.safeParse(settingAt(raw, "aws.allowAnywhere")).data;
  const openings = { allowedCidrs: "SSH", portalCidrs: "the portal" } as const;
  return (["allowedCidrs", "portalCidrs"] as const).flatMap((name) => {
    const cidrs = awsSchema.shape[name].safeParse(settingAt(raw, `aws.${name}`)).data ?? [];
    const wide = cidrs.filter((cidr) => (parseNetwork(cidr)?.prefix ?? 32) < NARROW_FROM_PREFIX);
    const message = `must not open ${openings[name]} to the whole Internet (${wide.join(", ")}) unless aws.allowAnywhere is true`;
    return problemIf(wide.length > 0 && anywhere !== true, `aws.${name}`, message);
  });
}

function checkTrivyArchive(raw: RawConfig): SettingProblem[] {
  const missing = ["trivy.archive", "trivy.sha256"].filter((setting) => settingAt(raw, setting) === undefined);
  const together = "must also be set: trivy.archive and trivy.sha256 must be set together";
  const archive = settingAt(raw, "trivy.archive");
  const refused = typeof archive === "string" ? refusedTrivyVersion(archive) : undefined;
  const malware = `${archive} is Trivy ${refused}, a release that contained malware`;
  return [
    ...missing.flatMap((setting) => problemIf(missing.length === 1, setting, together)),
    ...problemIf(refused !== undefined, "trivy.archive", malware),
  ];
}

function checkTrivyDatabase(raw: RawConfig): SettingProblem[] {
  const kind = settingAt(raw, "trivy.database") ?? DEFAULTS.trivy.database;
  const ofKind = { baked: ["databaseArchive", "databaseSha256"], registry: ["databaseRepositories"] };
  const isSet = (key: string) => settingAt(raw, `trivy.${key}`) !== undefined;
  const unused = (name: keyof typeof ofKind) =>
    ofKind[name].flatMap((key) =>
      problemIf(isSet(key), `trivy.${key}`, `must not be set unless trivy.database is "${name}"`),
    );
  const missing = ofKind.baked.flatMap((key) =>
    problemIf(!isSet(key), `trivy.${key}`, 'must be set if trivy.database is "baked"'),
  );
  return kind === "baked" ? [...missing, ...unused("registry")] : kind === "registry" ? unused("baked") : [];
}

function checkArtefactNames(raw: RawConfig): SettingProblem[] {
  const hasFolder = settingAt(raw, "artefacts.directory") !== undefined;
  return ["trivy.archive", "trivy.databaseArchive"].flatMap((setting) => {
    const artefact = settingAt(raw, setting);
    const isFile = typeof artefact === "string" && !isUrl(artefact);
    return problemIf(isFile && !hasFolder, setting, `${artefact} is not a URL; set artefacts.directory to use a file`);
  });
}
