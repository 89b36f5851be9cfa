import { join } from "node:path";
import { SemVer } from "semver";
import { PULUMI_VERSION } from "../pulumi/engine/types";

/** Result of a request to a host. */
export interface Probe {
  readonly reachable: boolean;
  /** For messages: "answered in 0.2 s", "no answer within 5 s", "getaddrinfo ENOTFOUND ...". */
  readonly detail: string;
}

/** The requests to the internet in the search for a Pulumi engine; tests replace them with a fake. */
export interface Network {
  probe(url: string): Promise<Probe>;
  /** Runs Pulumi's own installer into `root`, so that `root/bin/pulumi` exists. */
  installOfficial(root: string): Promise<void>;
}

const PROBE_SECONDS = 5;

/** Asks a web server for its headers. Any HTTP answer of its own counts; an error page of a proxy in between does not. */
export function probeHttps(url: string): Promise<Probe> {
  // Registries and download hosts answer a plain HEAD with 401 or 405; 403, 407 and 5xx come from proxies.
  return probe(url, { method: "HEAD" }, ({ ok, status }) => ok || [401, 404, 405].includes(status));
}

/** Requests the first byte of a file: download hosts redirect, and not all targets answer a HEAD. */
export function probeDownload(url: string): Promise<Probe> {
  return probe(url, { headers: { Range: "bytes=0-0" } }, ({ ok }) => ok);
}

async function probe(url: string, request: RequestInit, isGood: (response: Response) => boolean): Promise<Probe> {
  const started = performance.now();
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(PROBE_SECONDS * 1000) });
    await response.body?.cancel();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const reachable = isGood(response);
    return { reachable, detail: reachable ? `answered in ${seconds} s` : `answered HTTP ${response.status}` };
  } catch (error) {
    return { reachable: false, detail: whyNoAnswer(error) };
  }
}

/** The real network. */
export const realNetwork: Network = {
  probe: probeHttps,
  async installOfficial(root) {
    // Loaded only here: it takes half a second, and most calls of `lab` never install anything.
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    await PulumiCommand.install({ root, version: new SemVer(PULUMI_VERSION) });
  },
};

/** Where `installOfficial` puts the CLI and its language hosts. */
export function officialRoot(cache: string): { root: string; command: string } {
  const root = join(cache, "pulumi", PULUMI_VERSION);
  return { root, command: join(root, "bin", "pulumi") };
}

/** Why a fetch got no answer, for messages. */
export function whyNoAnswer(error: unknown, seconds = PROBE_SECONDS): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error.name === "TimeoutError") {
    return `no answer within ${seconds} s`;
  }
  // fetch's own message is "fetch failed"; the reason is its cause.
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
