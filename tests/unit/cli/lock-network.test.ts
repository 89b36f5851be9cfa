import { afterEach, describe, expect, test, vi } from "vitest";
import { lockNetwork, parseImage } from "../../../cli/workflows/lock/network";
import { DIGEST } from "./lock-support";

const INDEX = "application/vnd.oci.image.index.v1+json";

interface Sent {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** An internet whose answers come from a function; gives what it was sent. */
function answering(answer: (sent: Sent) => Response): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const one = { url, method: init.method, headers: { ...(init.headers as Record<string, string>) } };
    sent.push(one);
    return answer(one);
  });
  return sent;
}

const found = (type = INDEX, digest = DIGEST.today) =>
  new Response(null, { headers: { "docker-content-digest": digest, "content-type": type } });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a name of an image", () => {
  test.each([
    ["alpine:3.22", "registry-1.docker.io", "library/alpine", "3.22"],
    ["alpine", "registry-1.docker.io", "library/alpine", "latest"],
    ["grafana/grafana:12", "registry-1.docker.io", "grafana/grafana", "12"],
    ["example.org/team/debian:12", "example.org", "team/debian", "12"],
    ["localhost:5000/debian:12", "localhost:5000", "debian", "12"],
    [`ubuntu:24.04@${DIGEST.old}`, "registry-1.docker.io", "library/ubuntu", "24.04"],
  ])("%s", (image, host, repository, tag) => {
    expect(parseImage(image)).toEqual({ host, repository, tag });
  });
});

describe("a digest", () => {
  test("is asked for with the token that the registry gives to strangers", async () => {
    const sent = answering(({ url, headers }) => {
      if (url.startsWith("https://auth.example/token")) {
        return Response.json({ token: "for strangers" });
      }
      const challenge =
        'Bearer realm="https://auth.example/token",service="registry",scope="repository:library/alpine:pull"';
      return headers["Authorization"] === "Bearer for strangers"
        ? found()
        : new Response(null, { status: 401, headers: { "www-authenticate": challenge } });
    });
    expect(await lockNetwork.digest("alpine:3.22")).toBe(DIGEST.today);
    expect(sent.map(({ url }) => url)).toEqual([
      "https://registry-1.docker.io/v2/library/alpine/manifests/3.22",
      "https://auth.example/token?service=registry&scope=repository%3Alibrary%2Falpine%3Apull",
      "https://registry-1.docker.io/v2/library/alpine/manifests/3.22",
    ]);
    expect([sent[2]?.method, sent[2]?.headers["Accept"]]).toEqual(["HEAD", expect.stringContaining(INDEX)]);
  });

  test("needs no token where the registry is open", async () => {
    const sent = answering(() => found());
    expect(await lockNetwork.digest("example.org/debian:12")).toBe(DIGEST.today);
    expect(sent).toHaveLength(1);
  });

  test.each([
    ["of one platform alone", () => found("application/vnd.oci.image.manifest.v1+json"), "no index digest"],
    ["that is none", () => found(INDEX, "latest"), "no index digest"],
    ["of nothing", () => new Response(null, { status: 404 }), "registry-1.docker.io answered HTTP 404"],
    ["behind a login", () => new Response(null, { status: 401 }), "requires a login"],
  ])("%s is not taken", async (_, answer, message) => {
    answering(answer);
    await expect(lockNetwork.digest("alpine:3.22")).rejects.toThrow(message);
  });
});

describe("a text", () => {
  test("is what the server has", async () => {
    answering(() => new Response("sums"));
    expect(await lockNetwork.text("https://example.org/sums")).toBe("sums");
  });

  test("is not the page of an error, and silence is told in plain words", async () => {
    answering(() => new Response("sorry", { status: 503 }));
    await expect(lockNetwork.text("https://example.org/sums")).rejects.toThrow("example.org answered HTTP 503");
    answering(() => {
      throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND example.org") });
    });
    await expect(lockNetwork.text("https://example.org/sums")).rejects.toThrow("getaddrinfo ENOTFOUND example.org");
  });
});
