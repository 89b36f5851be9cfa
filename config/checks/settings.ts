import { awsSchema } from "../aws";
import { DEFAULTS, LIMITS } from "../defaults";
import { checkHosts } from "../hosts";
import { moveProblems, movesIn } from "../moves";
import type { RawConfig, SettingProblem } from "../raw-config";
import { configSchema } from "../schema";
import { settingAt } from "../settings";
import { refusedTrivyVersion } from "../trivy-releases";
import { isUrl } from "../values/artefact";
import { parseNetwork } from "../values/networks";
import { checkDelivery } from "./delivery";
import { checkPortal } from "./portal";

/** Checks settings against each other. Works on a raw config, so that one bad value hides no other problem. */
export function checkSettings(raw: RawConfig): SettingProblem[] {
  return [
    ...checkPorts(raw),
    ...checkDelivery(raw),
    ...checkExtension(raw),
    ...checkMoves(raw),
    ...checkHosts(raw),
    ...checkPortal(raw),
    ...checkAws(raw),
    ...checkOpenNetworks(raw),
    ...checkTrivyArchive(raw),
    ...checkTrivyDatabase(raw),
    ...checkArtefactNames(raw),
  ];
}

function checkPorts(raw: RawConfig): SettingProblem[] {
  const seats = configSchema.shape.seats.safeParse(raw["seats"]);
  const spares = configSchema.shape.spares.safeParse(raw["spares"]);
  const local = configSchema.shape.local.safeParse(raw["local"]);
  if (!seats.success || !spares.success || !local.success) {
    return [];
  }
  const isWithSpares = spares.data > 0;
  // Ports of spares come after the last possible seat.
  const last = local.data.sshPort + (isWithSpares ? LIMITS.seats.max + spares.data : seats.data) - 1;
  const what = isWithSpares
    ? `${spares.data} spares, whose ports come after those of ${LIMITS.seats.max} seats`
    : `${seats.data} seats`;
  const message = `${local.data.sshPort} leaves no ports for ${what}: the last port would be ${last}, and the highest port is ${LIMITS.sshPort.max}`;
  return last > LIMITS.sshPort.max ? [{ setting: "local.sshPort", message }] : [];
}

/** Machines created without an end have no timer to move. */
function checkExtension(raw: RawConfig): SettingProblem[] {
  const isLocal = (settingAt(raw, "target") ?? DEFAULTS.target) === "local";
  const isEndless = isLocal && settingAt(raw, "expires") === undefined;
  const message = "must not be set unless expires is set: without it, local machines never end by themselves";
  return isEndless && settingAt(raw, "extended") !== undefined ? [{ setting: "extended", message }] : [];
}

function checkMoves(raw: RawConfig): SettingProblem[] {
  const seats = configSchema.shape.seats.safeParse(raw["seats"]);
  const spares = configSchema.shape.spares.safeParse(raw["spares"]);
  if (!seats.success || !spares.success) {
    return [];
  }
  const problems = moveProblems(movesIn(raw), { seats: seats.data, spares: spares.data });
  return problems.map(({ left, message }) => ({ setting: `moved.${left}`, message }));
}

/** Checks that apply only to a class at AWS. */
function checkAws(raw: RawConfig): SettingProblem[] {
  if (settingAt(raw, "target") !== "aws") {
    return [];
  }
  const isSet = (setting: string) => settingAt(raw, setting) !== undefined;
  const networks = "must be set for the target aws, to networks from which SSH is allowed, such as 203.0.113.0/24";
  const image = "must be set if artefacts.directory is set: the machine image must contain that folder";
  return [
    ...(isSet("aws.allowedCidrs") ? [] : [{ setting: "aws.allowedCidrs", message: networks }]),
    ...(isSet("artefacts.directory") && !isSet("aws.ami") ? [{ setting: "aws.ami", message: image }] : []),
  ];
}

/** Shorter prefixes count as the whole Internet: 0.0.0.0/0 can be written as two halves. */
const NARROW_FROM_PREFIX = 8;

function checkOpenNetworks(raw: RawConfig): SettingProblem[] {
  const anywhere = awsSchema.shape.allowAnywhere.safeParse(settingAt(raw, "aws.allowAnywhere")).data;
  const openings = [
    { name: "allowedCidrs", what: "SSH" },
    { name: "portalCidrs", what: "the portal" },
  ] as const;
  return openings.flatMap(({ name, what }) => {
    const setting = `aws.${name}`;
    const cidrs = awsSchema.shape[name].safeParse(settingAt(raw, setting)).data ?? [];
    const wide = cidrs.filter((cidr) => (parseNetwork(cidr)?.prefix ?? 32) < NARROW_FROM_PREFIX);
    const message = `must not open ${what} to the whole Internet (${wide.join(", ")}) unless aws.allowAnywhere is true`;
    return wide.length > 0 && anywhere !== true ? [{ setting, message }] : [];
  });
}

function checkTrivyArchive(raw: RawConfig): SettingProblem[] {
  const pair = ["trivy.archive", "trivy.sha256"] as const;
  const missing = pair.filter((setting) => settingAt(raw, setting) === undefined);
  const incomplete = missing.length === 1 ? missing : [];
  const archive = settingAt(raw, "trivy.archive");
  const refused = typeof archive === "string" ? refusedTrivyVersion(archive) : undefined;
  return [
    ...incomplete.map((setting) => ({
      setting,
      message: `must also be set: ${pair.join(" and ")} must be set together`,
    })),
    ...(refused === undefined
      ? []
      : [{ setting: "trivy.archive", message: `${archive} is Trivy ${refused}, a release that contained malware` }]),
  ];
}

function checkTrivyDatabase(raw: RawConfig): SettingProblem[] {
  const kind = settingAt(raw, "trivy.database") ?? DEFAULTS.trivy.database;
  const needed = ["trivy.databaseArchive", "trivy.databaseSha256"];
  const isSet = (setting: string) => settingAt(raw, setting) !== undefined;
  const refuse = (other: string) => (setting: string) => ({
    setting,
    message: `must not be set unless trivy.database is "${other}"`,
  });
  switch (kind) {
    case "baked":
      return [
        ...needed
          .filter((setting) => !isSet(setting))
          .map((setting) => ({ setting, message: 'must be set if trivy.database is "baked"' })),
        ...["trivy.databaseRepositories"].filter(isSet).map(refuse("registry")),
      ];
    case "registry":
      return needed.filter(isSet).map(refuse("baked"));
    default:
      return [];
  }
}

function checkArtefactNames(raw: RawConfig): SettingProblem[] {
  if (settingAt(raw, "artefacts.directory") !== undefined) {
    return [];
  }
  return ["trivy.archive", "trivy.databaseArchive"]
    .map((setting) => ({ setting, artefact: settingAt(raw, setting) }))
    .filter(({ artefact }) => typeof artefact === "string" && !isUrl(artefact))
    .map(({ setting, artefact }) => ({
      setting,
      message: `${artefact} is not a URL; set artefacts.directory to use a file`,
    }));
}
