import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { forgetImages, pushedNames } from "../../cli/forget-images";
import { dockerClient } from "../../components/machines/docker-client";
import { temporaryFolder } from "./cli-support";

describe("pushedNames", () => {
  test("has none for a class that builds on its nodes", () => {
    expect(pushedNames("spring", {})).toBeUndefined();
    expect(pushedNames("spring", { images: { delivery: "build" } })).toBeUndefined();
  });

  test.each([
    [{}, "127.0.0.1:5001/hello:spring-v0.1", true],
    [{}, "127.0.0.1:5001/hello@sha256:aa", true],
    [{}, "127.0.0.1:5002/hello:spring-v0.1", false],
    [{ registryPort: 5002 }, "127.0.0.1:5002/hello:spring-v0.1", true],
    [{ registry: "r.example/class" }, "r.example/class/hello:spring-v0.1", true],
    [{ registry: "r.example/class" }, "r.example/class/hello:autumn-v0.1", false],
    [{ registry: "r.example/class" }, "r.example/classes/hello:spring-v0.1", false],
    [{ registry: "r.example/class" }, "hello:spring-v0.1", false],
  ])("of %j: %s is %s", (images, name, isPushed) => {
    expect(pushedNames("spring", { images: { delivery: "registry", ...images } })?.(name)).toBe(isPushed);
  });
});

/** An Engine with these images; each removal is answered by its own status, else 200. */
async function engineWith(images: readonly object[], statuses: Readonly<Record<string, number>>) {
  const removed: string[] = [];
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").replace(/^\/images\//, ""));
    if (request.method === "DELETE") {
      removed.push(name);
    }
    response.writeHead(request.method === "DELETE" ? (statuses[name] ?? 200) : 200, {
      "content-type": "application/json",
    });
    response.end(JSON.stringify(request.method === "DELETE" ? [] : images));
  });
  const socket = join(temporaryFolder(), "engine.sock");
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return { docker: dockerClient(`unix://${socket}`), removed };
}

test("takes the class's names away and no others, and tells which stayed", async () => {
  const { docker, removed } = await engineWith(
    [
      { RepoTags: ["r/hello:spring-1", "mine:1"], RepoDigests: ["r/hello@sha256:aa"] },
      { RepoTags: null, RepoDigests: ["r/figlet@sha256:bb"] },
    ],
    { "r/hello@sha256:aa": 404, "r/figlet@sha256:bb": 409 },
  );
  expect(await forgetImages(docker, (name) => name.startsWith("r/"))).toEqual(["r/figlet@sha256:bb"]);
  expect(removed).toEqual(["r/hello:spring-1", "r/hello@sha256:aa", "r/figlet@sha256:bb"]);
});
