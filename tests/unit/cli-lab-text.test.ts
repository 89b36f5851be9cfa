import { describe, expect, test } from "vitest";
import { type LabText, renderLab, renderNextSteps, type SeatText } from "../../cli/output/lab-text";

const READY: SeatText = {
  seat: "seat01",
  node: "seat01-node1",
  state: "ready",
  ssh: { host: "127.0.0.1", port: 2201, user: "root" },
  ready: {
    hostname: "node1",
    os: "Debian GNU/Linux 12 (bookworm)",
    architecture: "amd64",
    docker: { server: "20.10.24+dfsg1", client: "20.10.24+dfsg1" },
    packages: {},
    seconds: { cloudInit: 12, docker: 0.9 },
  },
  images: ["figlet", "hello:v0.1", "hello:v0.2"],
};

const MISSING: SeatText = {
  seat: "seat02",
  node: "seat02-node1",
  state: "not made",
  ssh: undefined,
  ready: undefined,
  images: [],
};

function labOf(...seats: SeatText[]): LabText {
  return { stack: "spring", engine: { kind: "air-gapped", version: "3.259.0" }, seats };
}

describe("renderLab", () => {
  test("is a table, with a dash for what is not there", () => {
    expect(renderLab(labOf(READY, MISSING))).toBe(
      [
        'Lab "spring": 2 seats (engine: air-gapped, pulumi 3.259.0)',
        "",
        "  SEAT    STATE     SSH                  ENGINE                 IMAGES",
        "  seat01  ready     root@127.0.0.1:2201  Docker 20.10.24+dfsg1  figlet, hello:v0.1, hello:v0.2",
        "  seat02  not made  -                    -                      -",
        "",
        "",
      ].join("\n"),
    );
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
        "  Take it all down:     ./lab down",
        "",
      ].join("\n"),
    );
  });

  test("names the first of several, and the stack", () => {
    const commands = renderNextSteps(labOf(READY, MISSING), " --stack spring").match(/\.\/lab .*/g);
    expect(commands).toEqual([
      "./lab ssh --stack spring seat01",
      "./lab ssh --stack spring seat01 docker run --rm figlet",
      "./lab down --stack spring",
    ]);
  });
});
