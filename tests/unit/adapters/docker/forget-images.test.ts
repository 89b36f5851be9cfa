import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { dockerClient } from "../../../../adapters/docker/client";
import { forgetImages, type NamedImage, pushedNames } from "../../../../adapters/docker/node-images";
import { temporaryFolder } from "../../cli/support";

describe("pushedNames", () => {
  const namesOf = (images: object, tags: string[], digests: string[] = []) =>
    pushedNames("spring", { images: { delivery: "registry", ...images } })?.({ RepoTags: tags, RepoDigests: digests });

  test("has none for a class that builds on its nodes", () => {
    expect(pushedNames("spring", {})).toBeUndefined();
    expect(pushedNames("spring", { images: { delivery: "build" } })).toBeUndefined();
  });

  test.each([
    [{}, "127.0.0.1:5001/hello:spring-v0.1", true],
    [{}, "127.0.0.1:5001/debian:spring-bookworm", true],
    [{}, "127.0.0.1:5002/hello:spring-v0.1", false],
    [{ registryPort: 5002 }, "127.0.0.1:5002/hello:spring-v0.1", true],
    [{ registry: "r.example/class" }, "r.example/class/hello:spring-v0.1", true],
    [{ registry: "r.example/class" }, "r.example/class/hello:autumn-v0.1", false],
    [{ registry: "r.example/class" }, "r.example/classes/hello:spring-v0.1", false],
    [{ registry: "r.example/class" }, "hello:spring-v0.1", false],
  ])("of %j: %s is %s", (images, name, isPushed) => {
    expect(namesOf(images, [name])).toEqual(isPushed ? [name] : []);
  });

  test("are not another class's whose name begins alike, nor the operator's own at the same port", () => {
    const others = ["hello:spring-2-v0.1", "hello:autumn-v0.1", "shop:spring-v0.1", "hello:spring-of-mine"];
    expect(
      namesOf(
        {},
        others.map((name) => `127.0.0.1:5001/${name}`),
      ),
    ).toEqual([]);
  });

  test("have digests at the class's own registry, where no other name says whose they are", () => {
    const digest = "127.0.0.1:5001/hello@sha256:aa";
    const own = "127.0.0.1:5001/hello:spring-v0.1";
    expect(namesOf({}, [], [digest])).toEqual([digest]);
    expect(namesOf({}, [own], [digest])).toEqual([own, digest]);
    expect(namesOf({}, [own, "127.0.0.1:5001/hello:autumn-v0.1"], [digest])).toEqual([own]);
    expect(namesOf({}, [], ["127.0.0.1:5001/shop@sha256:aa", "r.example/hello@sha256:aa"])).toEqual([]);
    expect(namesOf({ registry: "r.example" }, [], ["r.example/hello@sha256:aa"])).toEqual([]);
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

const IMAGES = [
  { RepoTags: ["r/hello:spring-1", "mine:1"], RepoDigests: ["r/hello@sha256:aa"] },
  { RepoTags: null, RepoDigests: ["r/figlet@sha256:bb"] },
];
const beginningWithR = ({ RepoTags, RepoDigests }: NamedImage) =>
  [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => name.startsWith("r/"));

test("takes the class's names away and no others; what is gone or in use is passed over", async () => {
  const { docker, removed } = await engineWith(IMAGES, { "r/hello@sha256:aa": 404, "r/figlet@sha256:bb": 409 });
  await forgetImages(docker, beginningWithR);
  expect(removed).toEqual(["r/hello:spring-1", "r/hello@sha256:aa", "r/figlet@sha256:bb"]);
});

test("does not take an Engine that fails for one that has removed them", async () => {
  const { docker } = await engineWith(IMAGES, { "r/hello:spring-1": 500 });
  await expect(forgetImages(docker, beginningWithR)).rejects.toThrow("500");
});
