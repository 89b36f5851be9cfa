import { describe, expect, test } from "vitest";
import { clientNetwork } from "../../../portal/server/connections";
import { WrongCodeDelay } from "../../../portal/server/wrong-code-delay";
import { testPortal } from "./app-support";

const WRONG = "zzzz-zzzz-zzzz";
type Given = Parameters<typeof testPortal>[1];

async function problemOf(response: Response): Promise<string> {
  return ((await response.json()) as { problem: string }).problem;
}

/** A portal, and requests with codes to it. */
function portalFor(given: Given) {
  const portal = testPortal(undefined, given);
  return { ...portal, type: (code: string) => portal.request("/api/claim", { body: { code } }) };
}

describe("a wrong code", () => {
  test("is answered after a while, and says what to compare", async () => {
    const { type } = portalFor({ wrongCodes: { seconds: 0.3 } });
    const started = performance.now();
    const response = await type(WRONG);
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(response.status).toBe(403);
    expect(await problemOf(response)).toMatch(
      /^This code does not exist\. Compare it with the portal code on your card/,
    );
  });

  test("beyond those that are held for a network costs a connection, and says when to try again", async () => {
    const { type } = portalFor({ wrongCodes: { seconds: 0.2, mostOfNetwork: 3, most: 100 } });
    const responses = await Promise.all(Array.from({ length: 20 }, () => type(WRONG)));
    expect(responses.filter(({ status }) => status === 403)).toHaveLength(3);
    const refused = responses.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(17);
    expect(refused.map(({ headers }) => headers.get("connection"))).toEqual(refused.map(() => "close"));
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(await problemOf(responses[19] ?? expect.fail())).toMatch(
      /try again in 1 s\. A correct code works immediately\.$/,
    );
    expect((await type(WRONG)).status).toBe(403);
  });

  test("locks no right one out, from the same address and while as many are held as may be", async () => {
    const { type, codeOf } = portalFor({ wrongCodes: { seconds: 0.5, mostOfNetwork: 10, most: 10 } });
    const prankster = Array.from({ length: 500 }, () => type(WRONG));
    let heldAreAnswered = false;
    const held = Promise.all(prankster).then(() => {
      heldAreAnswered = true;
    });
    for (const seat of ["seat01", "seat02"]) {
      expect((await type(codeOf(seat))).status).toBe(200);
    }
    expect(heldAreAnswered).toBe(false);
    await held;
  });

  test("from one IPv6 network is one guesser's, whatever address it has", async () => {
    const addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::", "2001:db8:1:2:a:b:c:d", "2001:db8:1:3::1"];
    const address = () => addresses.shift() ?? expect.fail("a request too many");
    const { type } = portalFor({ address, wrongCodes: { seconds: 0.2, mostOfNetwork: 2 } });
    const statuses = addresses.map(async () => (await type(WRONG)).status);
    expect(await Promise.all(statuses)).toEqual([403, 403, 429, 403]);
  });
});

test.each([{}, { code: 5 }, { code: "x".repeat(200) }])("%j is no claim", async (body) => {
  expect((await testPortal().request("/api/claim", { body })).status).toBe(400);
});

test("a claim of more than a kilobyte is refused, and written to no log", async () => {
  const response = await testPortal().request("/api/claim", { body: { code: "x".repeat(2000) } });
  expect(response.status).toBe(413);
  expect(await problemOf(response)).toBe("This request is too large: at most 1024 bytes are allowed.");
});

describe("answers that are held", () => {
  test("are at most so many, from however many networks, and none is kept in mind afterwards", async () => {
    const delay = new WrongCodeDelay({ seconds: 0.05, mostOfNetwork: 3, most: 50 });
    const flood = () => Promise.all(Array.from({ length: 20_000 }, (_, network) => delay.delay(String(network))));
    for (const results of [await flood(), await flood()]) {
      expect(results.filter((result) => result === "delayed")).toHaveLength(50);
    }
  });
});

describe("the network of an address", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:C000:201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:c000:0201", "192.0.2.1"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:a:b:c:d", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:ffff:ffff:192.0.2.1", "2001:db8:1:2::/64"],
    ["2001:db8::7", "2001:db8:0:0::/64"],
    ["::2:3:4:5:6:7:8", "0:2:3:4::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s is %s", (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
