import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import { type Board, emptyBoard, emptyRow } from "../../../cli/ui/board/model";
import { begin, end } from "../../../cli/ui/board/progress";
import { withPhase } from "../../../cli/ui/board/rows";
import { withMachines } from "../../../cli/workflows/class-seats";
import { changedSeats, seatsToVerify } from "../../../cli/workflows/verify/after-up";
import type { LastVerdict } from "../../../cli/workflows/verify/last-verdicts";
import { shownVerdict } from "../../../cli/workflows/verify/last-verdicts";
import { checkOutputs, chooseSeats, chooseSteps, writeOutput } from "../../../cli/workflows/verify/request";
import type { StateResource } from "../../../core/class-state/state-resource";
import { contextFor, labErrorOf, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";
import { knownSeat, STEPS } from "./verify-double";

const CLASS = [1, 2, 3].map(knownSeat);

describe("chooseSeats", () => {
  test("takes all where none is named, else those named, each once and in the class's order", () => {
    expect(chooseSeats(CLASS, [], "dev")).toEqual(CLASS);
    const chosen = chooseSeats(CLASS, ["seat03", "1", "seat01-node1"], "dev");
    expect(chosen.map(({ seat }) => seat)).toEqual(["seat01", "seat03"]);
  });

  test("refuses names that are no seat's, and tells which there are", () => {
    const error = labErrorOf(() => chooseSeats(CLASS, ["seat01", "seat09", "nobody"], "dev"));
    expect(error).toMatchObject({
      message: 'There is no seat "seat09", "nobody".',
      exitCode: 2,
      hint: "This lab has: seat01, seat02, seat03.",
    });
  });

  test("says that a lab without seats is down", () => {
    expect(labErrorOf(() => chooseSeats([], ["seat01"], "monday"))).toMatchObject({
      exitCode: 1,
      hint: "Run ./lab up --stack monday to create it.",
    });
  });
});

describe("chooseSteps", () => {
  test("takes all where none is named, else those named, in the lesson's order", () => {
    expect(chooseSteps(STEPS, [])).toBeUndefined();
    expect(chooseSteps(STEPS, ["3", "1", "3"])).toEqual(["1", "3"]);
  });

  test("refuses ids that are no step's, and tells which there are", () => {
    const error = labErrorOf(() => chooseSteps(STEPS, ["2", "8"]));
    expect(error).toMatchObject({ message: 'There is no step "8".', exitCode: 2 });
    expect(error.hint).toBe("The lesson has:\n  1  A container\n  2  An image from it\n  3  A scan");
  });
});

describe("what an up verifies", () => {
  const verdict: LastVerdict = {
    machine: "machine-of-seat01",
    kind: "quick",
    outcome: "passed",
    at: "2026-11-23T09:10:11.123Z",
    seconds: 3,
    failedSteps: [],
    folder: "2026-11-23T09-10-11Z",
  };
  const [one] = CLASS as [(typeof CLASS)[0]];
  const due = (
    last: Partial<LastVerdict> | undefined,
    changed = false,
    refresh: "refresh" | "trust-state" = "trust-state",
  ) =>
    seatsToVerify([one], changed ? [one] : [], new Map(last ? [["seat01", { ...verdict, ...last }]] : []), refresh)
      .length;

  test("nothing that has passed, quickly or the whole lesson, and was left as it is", () => {
    expect([due({}), due({ kind: "lesson" })]).toEqual([0, 0]);
  });

  test("what it made or changed, and with --refresh everything", () => {
    expect([due({}, true), due({}, false, "refresh")]).toEqual([1, 1]);
  });

  test("what failed, was never judged, or only in some steps, or on another machine", () => {
    expect([due({ outcome: "failed" }), due(undefined), due({ kind: "steps" }), due({ machine: "another" })]).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test("changed is a seat on whose node something was made or changed, which was recovered, or whose Docker Engine did not answer", () => {
    const rows = CLASS.map(({ seat, node }) => emptyRow(seat, node));
    const [first, second, third] = rows.map((row, index) => {
      const change = (["none", "update", "none"] as const)[index] ?? "none";
      return withPhase(row, "figlet", (progress) => end(begin(progress, "urn", change, 1), "urn", change, 2));
    }) as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
    const board: Board = { ...emptyBoard(0), seats: [first, second, third] };
    const names = (recovered: string[], drift: { seat: string; unasked?: string }[]) =>
      changedSeats(CLASS, { board, recovered, drift }).map(({ seat }) => seat);
    expect(names([], [{ seat: "seat03" }])).toEqual(["seat02"]);
    expect(names(["seat03"], [])).toEqual(["seat02", "seat03"]);
    expect(names([], [{ seat: "seat01", unasked: "no answer within 10 s" }])).toEqual(["seat01", "seat02"]);
  });
});

test("a seat's machine is the resource that has the node's name and an id", () => {
  const resource = (type: string, name: string, id: string | undefined): StateResource => ({
    urn: `urn:pulumi:spring::lab-nodes::${type}::${name}`,
    type,
    name,
    id,
    inputs: {},
    outputs: {},
    madeOn: undefined,
  });
  const resources = [
    resource("lab-nodes:index:LabNode", "seat01-node1", ""),
    resource("docker:index/volume:Volume", "seat01-node1-docker-data", "volume"),
    resource("docker:index/container:Container", "seat01-node1", "f00d"),
    resource("lab-nodes:index:LabNode", "seat02-node1", undefined),
  ];
  expect(withMachines(CLASS, resources).map(({ machine }) => machine)).toEqual(["f00d", null, null]);
});

describe("shownVerdict", () => {
  const last: LastVerdict = {
    machine: "machine-of-seat01",
    kind: "lesson",
    outcome: "failed",
    at: "2026-11-23T09:10:52.000Z",
    seconds: 41.5,
    failedSteps: ["2"],
    folder: "2026-11-23T09-10-11Z",
  };
  const context = contextFor(runtimeIn("/program"), "spring", recordedReporter().reporter);
  const shown = (machine: string | null) =>
    shownVerdict(
      context,
      { seat: "seat01", machine },
      new Map([["seat01", last]]),
      new Date("2026-11-23T09:12:22.000Z"),
    );

  test("has the age, and where the evidence is", () => {
    const { machine, folder, ...brief } = last;
    const evidence = `.lab/verdicts/spring/${folder}`;
    expect(shown(machine)).toEqual({
      ...brief,
      ageSeconds: 90,
      evidence,
    });
  });

  test("is none for another machine, and for a seat never judged", () => {
    expect([shown("another"), shown(null), shownVerdict(context, knownSeat(2), new Map())]).toEqual([null, null, null]);
  });
});

describe("where results go", () => {
  test("a file in a folder that is there, or standard output", () => {
    const folder = temporaryFolder();
    const file = join(folder, "out.xml");
    expect(() => checkOutputs({ json: "-", junit: file })).not.toThrow();
    expect(() => checkOutputs({ json: undefined, junit: undefined })).not.toThrow();
    const runtime = runtimeIn(folder);
    writeOutput(runtime, file, "<xml/>");
    writeOutput(runtime, "-", "{}");
    expect([readFileSync(file, "utf8"), textOf(runtime.stdout)]).toEqual(["<xml/>", "{}"]);
  });

  test("refused before a minute's work: both to standard output, a folder, a folder that is not there", () => {
    const folder = temporaryFolder();
    const refused = [
      { json: "-", junit: "-" },
      { json: folder, junit: undefined },
      { json: undefined, junit: join(folder, "nowhere", "out.xml") },
    ].map((files) => labErrorOf(() => checkOutputs(files)));
    expect(refused.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
    expect(refused.map(({ message }) => message)).toEqual([
      "JSON and JUnit cannot both go to standard output.",
      `--json: ${folder} cannot be written: it is a folder`,
      expect.stringMatching(/^--junit: .*out\.xml cannot be written: ENOENT/),
    ]);
  });
});

describe("readSeatAccess", () => {
  function program(files: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    mkdirSync(join(folder, ".lab", "spring", "ssh"), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, ".lab", "spring", "ssh", name), text);
    }
    return folder;
  }

  test("gives the client key, and the host key of just this node", () => {
    const known_hosts = [
      "lab-spring-seat01-node10 ssh-ed25519 AAAAten",
      "lab-spring-seat01-node1 ssh-ed25519 AAAAone",
      "",
    ];
    const folder = program({ id_ed25519: "KEY\n", known_hosts: known_hosts.join("\n") });
    expect(readSeatAccess(folder, "spring", "seat01-node1")).toEqual({
      privateKey: "KEY\n",
      hostKey: "ssh-ed25519 AAAAone",
    });
    expect(readSeatAccess(folder, "spring", "seat01-node10").hostKey).toBe("ssh-ed25519 AAAAten");
  });

  test("tells which file is missing, or that the node is not in it", () => {
    const known_hosts = "lab-spring-seat01-node1 ssh-ed25519 AAAAone\n";
    const messages = [
      () => readSeatAccess(program({ id_ed25519: "KEY", known_hosts }), "spring", "seat02-node1"),
      () => readSeatAccess(program({ known_hosts }), "spring", "seat01-node1"),
      () => readSeatAccess(program({ id_ed25519: "KEY" }), "spring", "seat01-node1"),
    ].map((work) => labErrorOf(work).message);
    expect(messages).toEqual([
      ".lab/spring/ssh/known_hosts has no host key of seat02-node1.",
      "The key file .lab/spring/ssh/id_ed25519 cannot be read (ENOENT).",
      "The key file .lab/spring/ssh/known_hosts cannot be read (ENOENT).",
    ]);
  });
});
