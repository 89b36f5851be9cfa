import type { ContainerInspectInfo } from "dockerode";
import type { PropertyMap, PropertyValue } from "../../framework/provider";
import { objects, textMap } from "../../framework/values";
import { sameValue } from "./compare";
import { CONTAINER_INPUTS, defaultInputs } from "./schema";

const MEBIBYTE = 1024 * 1024;

/** The Engine's answer, with fields that the type declarations leave out. */
type Inspected = ContainerInspectInfo & {
  readonly Config: { readonly StopSignal?: string; readonly StopTimeout?: number };
  readonly HostConfig: { readonly CgroupnsMode?: string };
  readonly NetworkSettings: { readonly Bridge?: string };
};

/** Properties that the official provider reads from the Engine. Labels, envs, volumes and uploads are not among them. */
function observe(container: Inspected): PropertyMap {
  const { Config: config, HostConfig: host, NetworkSettings: network } = container;
  return {
    name: container.Name.replace(/^\//, ""),
    // The name that was asked for, not the id behind it: else each container by name would differ.
    image: config.Image,
    hostname: config.Hostname,
    command: config.Cmd ?? [],
    entrypoints: [config.Entrypoint ?? []].flat(),
    user: config.User,
    workingDir: config.WorkingDir,
    stopSignal: config.StopSignal ?? "",
    stopTimeout: config.StopTimeout ?? 0,
    rm: host.AutoRemove ?? false,
    restart: host.RestartPolicy?.Name || "no",
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memory: (host.Memory ?? 0) / MEBIBYTE,
    memorySwap: (host.MemorySwap ?? 0) > 0 ? (host.MemorySwap ?? 0) / MEBIBYTE : (host.MemorySwap ?? 0),
    cpuShares: host.CpuShares ?? 0,
    shmSize: (host.ShmSize ?? 0) / MEBIBYTE,
    init: host.Init ?? false,
    privileged: host.Privileged ?? false,
    securityOpts: host.SecurityOpt ?? [],
    cgroupnsMode: host.CgroupnsMode ?? "",
    networkMode: host.NetworkMode ?? "",
    ipcMode: host.IpcMode ?? "",
    runtime: host.Runtime ?? "",
    dns: host.Dns ?? [],
    tmpfs: host.Tmpfs ?? {},
    logDriver: host.LogConfig?.Type ?? "",
    logOpts: textMap(host.LogConfig?.Config),
    hosts: (host.ExtraHosts ?? []).map(splitHost),
    ulimits: (host.Ulimits ?? []).map((limit) => ({
      name: limit.Name ?? null,
      soft: limit.Soft ?? null,
      hard: limit.Hard ?? null,
    })),
    mounts: (host.Mounts ?? []).map((mount) => ({
      target: mount.Target,
      source: mount.Source,
      type: mount.Type,
      readOnly: mount.ReadOnly ?? false,
    })),
    ...capabilities(host.CapAdd, host.CapDrop),
    ports: ports(network.Ports),
    bridge: network.Bridge ?? "",
    networkDatas: networkData(network.Networks),
    ...(container.State.Running ? {} : { exitCode: container.State.ExitCode }),
  };
}

/**
 * State right after the container was made. Inputs stay as the program has them, even where the Engine spells them in
 * another way: as with the official plugin, only a refresh looks closer.
 */
export function stateAfterCreate(inputs: PropertyMap, container: ContainerInspectInfo): PropertyMap {
  const observed = observe(container);
  const fixed = objects(inputs.ports).every(({ external }) => typeof external === "number");
  return { ...defaultInputs(), ...observed, ...inputs, ...(fixed ? {} : { ports: observed.ports ?? [] }) };
}

/** State after a refresh: what the Engine says, where it means something else than what the state had. */
export function stateAfterRead(old: PropertyMap, container: ContainerInspectInfo): PropertyMap {
  const { exitCode: _past, ...kept } = old;
  const news = Object.entries(observe(container)).filter(([name, found]) => {
    const rule = CONTAINER_INPUTS[name];
    return rule === undefined || !sameValue(name, { ...rule, computed: false }, found, kept[name]);
  });
  return { ...defaultInputs(), ...kept, ...Object.fromEntries(news) };
}

/** Inputs after a refresh: the program's, with the Engine's value where the two do not mean the same. */
export function inputsAfterRead(inputs: PropertyMap, state: PropertyMap): PropertyMap {
  const entries = Object.entries(inputs).map(([name, value]): [string, PropertyValue] => {
    const found = state[name];
    const rule = CONTAINER_INPUTS[name];
    const same = found === undefined || rule === undefined || sameValue(name, rule, found, value);
    return [name, same ? value : found];
  });
  return Object.fromEntries(entries);
}

function capabilities(adds: string[] | undefined | null, drops: string[] | undefined | null): PropertyMap {
  const some = (adds?.length ?? 0) > 0 || (drops?.length ?? 0) > 0;
  return some ? { capabilities: { adds: adds ?? [], drops: drops ?? [] } } : {};
}

function ports(bindings: ContainerInspectInfo["NetworkSettings"]["Ports"] | undefined): PropertyMap[] {
  const found = Object.entries(bindings ?? {}).flatMap(([key, hosts]) => {
    const [internal, protocol = "tcp"] = key.split("/");
    return (hosts ?? []).map(({ HostIp, HostPort }) => ({
      internal: Number(internal),
      external: Number(HostPort),
      ip: HostIp,
      protocol,
    }));
  });
  return found.sort((left, right) => left.internal - right.internal);
}

function networkData(networks: ContainerInspectInfo["NetworkSettings"]["Networks"] | undefined): PropertyMap[] {
  return Object.entries(networks ?? {}).map(([networkName, network]) => ({
    networkName,
    ipAddress: network.IPAddress,
    ipPrefixLength: network.IPPrefixLen,
    gateway: network.Gateway,
    globalIpv6Address: network.GlobalIPv6Address,
    globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
    ipv6Gateway: network.IPv6Gateway,
    macAddress: network.MacAddress,
  }));
}

function splitHost(entry: string): PropertyMap {
  const colon = entry.indexOf(":");
  return { host: entry.slice(0, colon), ip: entry.slice(colon + 1) };
}
