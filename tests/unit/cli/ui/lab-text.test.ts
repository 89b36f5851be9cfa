import { describe, expect, test } from "vitest";
import { type LabText, renderLab, renderNextSteps, type SeatText } from "../../../../cli/ui/lab-text";

const READY: SeatText = {
  seat: "seat01",
  role: "seat",
  node: "seat01-node1",
  state: "ready",
  ssh: { host: "127.0.0.1", port: 2201, user: "root" },
  ready: {
    hostname: "node1",
    os: "Debian GNU/Linux 12 (bookworm)",
    distribution: "debian 12",
    architecture: "amd64",
    docker: { server: "20.10.24+dfsg1", client: "20.10.24+dfsg1" },
    trivy: { version: "0.74.0", database: { version: 2, updatedAt: "2026-11-23T06:00:00Z" } },
    packages: {},
    packagesSha256: "5e".repeat(32),
    seconds: { cloudInit: 12, docker: 0.9 },
  },
  images: ["figlet", "hello:v0.1", "hello:v0.2"],
  verdict: {
    kind: "lesson",
    outcome: "passed",
    at: "2026-11-23T09:10:11.123Z",
    ageSeconds: 300,
    seconds: 41.5,
    failedSteps: [],
    evidence: ".lab/verdicts/spring/2026-11-23T09-10-11Z",
  },
};

const MISSING: SeatText = {
  seat: "seat02",
  role: "seat",
  node: "seat02-node1",
  state: "not made",
  ssh: undefined,
  ready: undefined,
  images: [],
  verdict: null,
};

function labOf(...seats: SeatText[]): LabText {
  return { stack: "spring", engine: { kind: "air-gapped", version: "3.259.0" }, seats };
}

describe("renderLab", () => {
  test("says after the seats how the portal's machine is, which is none of them", () => {
    const ssh = { host: "172.17.0.1", port: 2421, user: "root" };
    const text = renderLab({ ...labOf(READY), portal: { state: "unreachable", ssh, port: 8443 } });
    expect(text).toContain('Lab "spring": 1 seat (');
    expect(text).toContain(
      "\n\n  The portal's machine is unreachable (root@172.17.0.1:2421). ./lab portal --stack spring opens the portal there, on port 8443.\n",
    );
  });

  test("is a table, with a dash for what is not there", () => {
    expect(renderLab(labOf(READY, MISSING))).toBe(
      [
        'Lab "spring": 2 seats (engine: air-gapped, pulumi 3.259.0)',
        "",
        "  SEAT    STATE     SSH                  VERDICT           ENGINE                 IMAGES",
        "  seat01  ready     root@127.0.0.1:2201  passed 5 min ago  Docker 20.10.24+dfsg1  figlet, hello:v0.1, hello:v0.2",
        "  seat02  not made  -                    -                 -                      -",
        "",
        "",
      ].join("\n"),
    );
  });

  test.each([
    [{ ageSeconds: 59 }, "passed just now"],
    [{ ageSeconds: 7199 }, "passed 1 h ago"],
    [{ ageSeconds: 3 * 86_400 }, "passed 3 d ago"],
    [{ kind: "quick", ageSeconds: 60 }, "passed (quick) 1 min ago"],
    [{ kind: "steps", ageSeconds: 60 }, "passed (some steps) 1 min ago"],
    [{ outcome: "failed", failedSteps: ["2", "6"] }, "failed (step 2, step 6) 5 min ago"],
    [{ kind: "quick", outcome: "failed", failedSteps: ["figlet"] }, "failed (figlet) 5 min ago"],
  ] as const)("%j is told as %j", (change, text) => {
    if (READY.verdict === null) {
      throw new Error("there is a verdict");
    }
    const lab = renderLab(labOf({ ...READY, verdict: { ...READY.verdict, ...change } }));
    expect(lab).toContain(`root@127.0.0.1:2201  ${text}  Docker`);
  });

  test("has spares and places that were left, and counts them as no seats", () => {
    const spare: SeatText = { ...MISSING, seat: "spare01", role: "spare", node: "spare01-node1", state: "spare" };
    const left: SeatText = { ...MISSING, seat: "seat03-node1", role: "left", node: "seat03-node1", state: "left" };
    const lab = renderLab(labOf(READY, MISSING, left, spare));
    expect(lab).toMatch(/^Lab "spring": 2 seats, 1 spare \(/);
    expect(lab).toMatch(/^ {2}spare01 +spare /m);
    expect(lab).toMatch(/^ {2}seat03-node1 +left /m);
    expect(renderNextSteps(labOf(READY, spare), "")).toContain("./lab ssh\n");
  });

  test("counts one seat as one", () => {
    expect(renderLab(labOf(READY))).toMatch(/^Lab "spring": 1 seat \(/);
  });
});

describe("renderNextSteps", () => {
  test("names no seat where there is one alone", () => {
    expect(renderNextSteps(labOf(READY), "")).toBe(
      [
        "  A shell on node1:     ./lab ssh",
        "  The lesson's images:  ./lab ssh docker run --rm figlet",
        "  The students' cards:  ./lab cards",
        "  Remove the lab:       ./lab down",
        "",
      ].join("\n"),
    );
  });

  test("names the first of several, and the stack", () => {
    const commands = renderNextSteps(labOf(READY, MISSING), " --stack spring").match(/\.\/lab .*/g);
    expect(commands).toEqual([
      "./lab ssh --stack spring seat01",
      "./lab ssh --stack spring seat01 docker run --rm figlet",
      "./lab cards --stack spring",
      "./lab down --stack spring",
    ]);
  });
});
