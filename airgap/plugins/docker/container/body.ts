import type { PropertyMap } from "../../framework/provider";
import { integer, object, objects, text, textMap, texts, truth, withoutAbsent } from "../../framework/values";
import { labelMap } from "../inputs";

const MEBIBYTE = 1024 * 1024;

/** Body of the Engine's create call. */
export function createBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    Image: text(inputs.image),
    Hostname: text(inputs.hostname),
    Cmd: orAbsent(texts(inputs.command)),
    Entrypoint: orAbsent(texts(inputs.entrypoints)),
    Env: orAbsent(texts(inputs.envs)),
    User: text(inputs.user),
    WorkingDir: text(inputs.workingDir),
    Labels: labelMap(inputs.labels),
    StopSignal: text(inputs.stopSignal),
    StopTimeout: integer(inputs.stopTimeout),
    ExposedPorts: exposedPorts(inputs),
    Volumes: volumeTargets(inputs),
    HostConfig: hostConfig(inputs),
  });
}

/** Body of the Engine's update call: all of it at once, as a part alone would reset the rest. */
export function updateBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    RestartPolicy: restartPolicy(inputs),
    CpuShares: integer(inputs.cpuShares) ?? 0,
    Memory: mebibytes(inputs.memory) ?? 0,
    MemorySwap: memorySwap(inputs),
  });
}

/** Capabilities in the Engine's own spelling, as Docker's Go client sends them: `CAP_` prefix, sorted. */
export function normalizeCapabilities(names: readonly string[]): string[] {
  const full = names.map((name) => name.trim().toUpperCase()).map((name) => (needsPrefix(name) ? `CAP_${name}` : name));
  return [...new Set(full)].sort();
}

/** Networks to join, with the body of each connect call. */
export function networkConnections(inputs: PropertyMap): { network: string; endpoint: { [name: string]: unknown } }[] {
  return objects(inputs.networksAdvanced).map((network) => ({
    network: text(network.name) ?? "",
    endpoint: {
      Aliases: texts(network.aliases),
      IPAMConfig: withoutAbsent({ IPv4Address: text(network.ipv4Address), IPv6Address: text(network.ipv6Address) }),
    },
  }));
}

function hostConfig(inputs: PropertyMap): { [name: string]: unknown } {
  const capabilities = object(inputs.capabilities);
  return withoutAbsent({
    Privileged: truth(inputs.privileged) ?? false,
    AutoRemove: truth(inputs.rm) ?? false,
    RestartPolicy: restartPolicy(inputs),
    CapAdd: orAbsent(normalizeCapabilities(texts(capabilities.adds))),
    CapDrop: orAbsent(normalizeCapabilities(texts(capabilities.drops))),
    SecurityOpt: orAbsent(texts(inputs.securityOpts)),
    CgroupnsMode: text(inputs.cgroupnsMode),
    NetworkMode: text(inputs.networkMode) ?? "bridge",
    Mounts: mounts(inputs),
    Binds: orAbsent(binds(inputs)),
    Tmpfs: inputs.tmpfs === undefined ? undefined : textMap(inputs.tmpfs),
    PortBindings: portBindings(inputs),
    Dns: orAbsent(texts(inputs.dns)),
    ExtraHosts: orAbsent(objects(inputs.hosts).map((entry) => `${text(entry.host)}:${text(entry.ip)}`)),
    Ulimits: objects(inputs.ulimits).map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    Memory: mebibytes(inputs.memory),
    MemorySwap: memorySwap(inputs),
    ShmSize: mebibytes(inputs.shmSize),
    CpuShares: integer(inputs.cpuShares),
    Init: truth(inputs.init),
    LogConfig: logConfig(inputs),
  });
}

function restartPolicy(inputs: PropertyMap): { Name: string; MaximumRetryCount: number } {
  return { Name: text(inputs.restart) ?? "no", MaximumRetryCount: integer(inputs.maxRetryCount) ?? 0 };
}

function logConfig(inputs: PropertyMap): { Type: string; Config: { [name: string]: string } } | undefined {
  if (inputs.logDriver === undefined && inputs.logOpts === undefined) {
    return undefined;
  }
  return { Type: text(inputs.logDriver) ?? "", Config: textMap(inputs.logOpts) };
}

function mounts(inputs: PropertyMap): { [name: string]: unknown }[] {
  return objects(inputs.mounts).map((mount) => ({
    Type: text(mount.type),
    Target: text(mount.target),
    Source: text(mount.source) ?? "",
    ReadOnly: truth(mount.readOnly) ?? false,
  }));
}

function binds(inputs: PropertyMap): string[] {
  return objects(inputs.volumes).flatMap((volume) => {
    const source = text(volume.volumeName) || text(volume.hostPath);
    const mode = truth(volume.readOnly) === true ? "ro" : "rw";
    return source === undefined || source === "" ? [] : [`${source}:${text(volume.containerPath)}:${mode}`];
  });
}

/** All volumes' places; one without a source becomes an anonymous volume. */
function volumeTargets(inputs: PropertyMap): { [path: string]: object } {
  return Object.fromEntries(objects(inputs.volumes).map((volume) => [text(volume.containerPath) ?? "", {}]));
}

function portKey(port: PropertyMap): string {
  return `${integer(port.internal)}/${text(port.protocol) ?? "tcp"}`;
}

function exposedPorts(inputs: PropertyMap): { [port: string]: object } {
  return Object.fromEntries(objects(inputs.ports).map((port) => [portKey(port), {}]));
}

function portBindings(inputs: PropertyMap): { [port: string]: { HostIp: string; HostPort: string }[] } {
  const bindings: { [port: string]: { HostIp: string; HostPort: string }[] } = {};
  for (const port of objects(inputs.ports)) {
    // Without `external` the Engine picks a free port.
    const binding = { HostIp: text(port.ip) || "0.0.0.0", HostPort: String(integer(port.external) ?? "") };
    bindings[portKey(port)] = [...(bindings[portKey(port)] ?? []), binding];
  }
  return bindings;
}

function memorySwap(inputs: PropertyMap): number | undefined {
  const swap = integer(inputs.memorySwap);
  return swap === undefined || swap <= 0 ? swap : swap * MEBIBYTE;
}

function mebibytes(value: PropertyMap[string] | undefined): number | undefined {
  const size = integer(value);
  return size === undefined ? undefined : size * MEBIBYTE;
}

function needsPrefix(name: string): boolean {
  return name !== "ALL" && !name.startsWith("CAP_");
}

function orAbsent<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
