import Docker from "dockerode";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { dockerClient } from "../../../../adapters/docker/client";
import { readDockerEngine } from "../../../../adapters/docker/engine";
import { ensureDockerEngine } from "../../../../adapters/docker/local-engine";
import { configure } from "../../../../airgap/plugins/docker/connection/configure";
import type { Engine } from "../../../../airgap/plugins/docker/connection/engine";
import { LabError } from "../../../../core/errors";
import { RecordingReporter } from "../pulumi/find-engine-support";
import { RELEASES, versionedEngine } from "./versioned-engine";

type Release = keyof typeof RELEASES;

const TOO_OLD_FOR_29 =
  "client version 1.43 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version";

it("the Engine of these tests refuses a client with a fixed old version of the API", async () => {
  const { socketPath } = await versionedEngine(RELEASES["29"]);
  await expect(new Docker({ socketPath, version: "v1.43" }).info()).rejects.toThrow(TOO_OLD_FOR_29);
  await expect(new Docker({ socketPath, version: "v1.53" }).info()).rejects.toThrow(
    "client version 1.53 is too new. Maximum supported API version is 1.52",
  );
});

describe("lab", () => {
  it.each<Release>(["20.10", "26", "29", "a later one"])("works with the Engine of Docker %s", async (release) => {
    const { host, requests } = await versionedEngine(RELEASES[release]);
    const { version } = RELEASES[release];
    await expect(readDockerEngine(host, {})).resolves.toMatchObject({ serverVersion: version });
    expect(await dockerClient(host, {}).listContainers()).toEqual([]);
    // Without a version in its path, a request is answered by the Engine's newest one.
    expect(requests.toSorted()).toEqual(["GET /containers/json", "GET /info", "GET /version"]);
  });

  it("pays no attention to DOCKER_API_VERSION", async () => {
    vi.stubEnv("DOCKER_API_VERSION", "1.41");
    const { host } = await versionedEngine(RELEASES["29"]);
    await expect(readDockerEngine(host)).resolves.toMatchObject({ serverVersion: "29.1.3" });
  });

  it("refuses an Engine before Docker 20.10, and says what to do", async () => {
    const { host } = await versionedEngine(RELEASES["19.03"]);
    const ensured = ensureDockerEngine({ host, reporter: new RecordingReporter(), environment: {} });
    const refusal = await ensured.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LabError);
    expect(refusal).toMatchObject({
      message:
        `the Docker Engine at ${host} is too old: it is Docker 19.03.15 with API 1.40, and Docker 20.10 (API 1.41) or ` +
        "newer is needed. Update Docker on that machine",
      exitCode: 2,
      hint: expect.stringContaining("DOCKER_HOST"),
    });
  });
});

describe("the air-gapped docker plugin", () => {
  const signal = AbortSignal.timeout(10_000);
  const list = (engine: Engine) => engine.call({ method: "GET", path: "/containers/json", signal });

  async function connect(release: Release): Promise<{ engine: Engine; requests: string[] }> {
    const { host, requests } = await versionedEngine(RELEASES[release]);
    const engine = await configure({ host }, {});
    onTestFinished(() => engine.close());
    return { engine, requests };
  }

  it.each<[Release, string]>([
    ["20.10", "1.41"],
    ["26", "1.45"],
    ["29", "1.50"],
  ])("agrees with the Engine of Docker %s on API %s", async (release, api) => {
    const { engine, requests } = await connect(release);
    expect(await list(engine)).toEqual([]);
    expect(requests).toEqual(["GET /_ping", `GET /v${api}/containers/json`]);
  });

  it("pays no attention to DOCKER_API_VERSION", async () => {
    vi.stubEnv("DOCKER_API_VERSION", "1.41");
    const { engine } = await connect("29");
    expect(await list(engine)).toEqual([]);
  });

  it("refuses an Engine before Docker 20.10, and says what to do", async () => {
    await expect(connect("19.03")).rejects.toThrow(
      /^failed to connect to any docker daemon: unix:.*: the Docker Engine is too old: its API has version 1\.40, and 1\.41 \(Docker 20\.10\) or newer is needed\. Update Docker/,
    );
  });

  it("says what to do when a later Engine no longer answers the newest API that it knows", async () => {
    const { engine } = await connect("a later one");
    await expect(list(engine)).rejects.toThrow(
      /^client version 1\.50 is too old\. .*air-gapped docker plugin, which knows the API up to 1\.50\. Update Lab Nodes/,
    );
  });
});
