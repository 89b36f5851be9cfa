import { join } from "node:path";
import { SemVer } from "semver";
import { PULUMI_VERSION } from "../pulumi/engine/types";

/** What a look at a host found. */
export interface Probe {
  readonly reachable: boolean;
  /** For a person: "answered in 0.2 s", "no answer in 5 s", "getaddrinfo ENOTFOUND ...". */
  readonly detail: string;
}

/** The part of finding an engine that goes out to the internet; tests put a fake in its place. */
export interface Network {
  probe(url: string): Promise<Probe>;
  /** Runs Pulumi's own installer into `root`, so that `root/bin/pulumi` exists. */
  installOfficial(root: string): Promise<void>;
}

const PROBE_SECONDS = 5;

/** Asks a web server for its headers. Any HTTP answer of its own counts; an error page of a proxy in between does not. */
export function probeHttps(url: string): Promise<Probe> {
  // 401 and 405 are how a registry and a download host answer a plain HEAD; 403, 407 and 5xx come from what is in between.
  return probe(url, { method: "HEAD" }, ({ ok, status }) => ok || [401, 404, 405].includes(status));
}

/** Asks for the first byte of a file: hosts of downloads send one elsewhere, and not all of them answer a HEAD there. */
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

/** Why a fetch got no answer, for a person. */
export function whyNoAnswer(error: unknown, seconds = PROBE_SECONDS): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error.name === "TimeoutError") {
    return `no answer in ${seconds} s`;
  }
  // fetch says "fetch failed"; what failed is one level down.
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
