import { z } from "zod";
import { type RawConfig, settingAt } from "./settings";
import { listOf, text } from "./values/schemas";

/** Server and user names are restricted, because both become part of ssh's command line. */
const HOST = /^(unix:\/\/\/\S+|ssh:\/\/(\w[\w.-]*@)?\w[\w.-]*(:[1-9]\d{0,4})?)$/;

const HOST_RULE =
  'must be a comma-separated list of addresses such as "unix:///var/run/docker.sock" or "ssh://user@server"';

const host = text.regex(HOST, { error: HOST_RULE });

/** `docker.hosts` in a stack's config. */
export const hostsSchema = listOf(host, HOST_RULE);

/** The Docker host of each slot of the class, e.g. `{ seat01: "ssh://lab@server1" }`. */
export type Placement = Readonly<Record<string, string>>;

/** `placement` in a stack's config. */
export const placementSchema = z.record(z.string(), host, {
  error: "must be a group of settings such as placement.seat01, each with one of docker.hosts",
});

/** SSH address of a Docker host. */
export interface Server {
  readonly name: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** The server of a Docker host; undefined for one on this machine. */
export function serverOf(address: string): Server | undefined {
  const [, user, name, port] = /^ssh:\/\/(?:([^@]+)@)?([^:/]+)(?::(\d+))?$/.exec(address) ?? [];
  return name === undefined ? undefined : { name, user, port: port === undefined ? undefined : Number(port) };
}

/** The hosts and the placement in a raw config; empty if they are invalid. */
export function hostsIn(raw: RawConfig): { readonly hosts: readonly string[]; readonly placement: Placement } {
  return {
    hosts: hostsSchema.safeParse(settingAt(raw, "docker.hosts")).data ?? [],
    placement: placementSchema.safeParse(raw["placement"] ?? {}).data ?? {},
  };
}
