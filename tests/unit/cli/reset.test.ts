import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { confirm } from "../../../cli/ui/confirm";
import { chooseSeats } from "../../../cli/workflows/reset/index";
import { formatBytes, homeArchive } from "../../../cli/workflows/reset/keep-home";
import type { KnownSeat, NodeRole } from "../../../core/class-state/known-seats";
import { labErrorOf } from "./support";

function known(seat: string, role: NodeRole = "seat"): KnownSeat {
  return { seat, role, node: role === "left" ? seat : `${seat}-node1`, ssh: undefined, ready: undefined, images: [] };
}

describe("the seats to reset", () => {
  const SEATS = [known("seat01"), known("seat02"), known("spare01", "spare"), known("seat03-node1", "left")];

  test("are found by name, node or number, each once", () => {
    const names = ["seat02", "spare01", "2", "seat02-node1"];
    expect(chooseSeats(SEATS, names).map(({ seat }) => seat)).toEqual(["seat02", "spare01"]);
  });

  test.each([
    [SEATS, "seat09", "Seats: seat01, seat02, spare01."],
    [SEATS, "seat03-node1", "Seats: seat01, seat02, spare01."],
    [[], "seat01", "Seats: none, the lab is down."],
  ])("are refused where there are none such", (seats, name, hint) => {
    expect(labErrorOf(() => chooseSeats(seats, [name]))).toMatchObject({ exitCode: 2, hint });
  });
});

test("a home's archive is called by its seat and the time, in UTC", () => {
  const at = new Date("2026-11-23T16:13:37.250Z");
  expect(homeArchive("dev", "seat02", at)).toBe(".lab/dev/homes/seat02-20261123T161337Z.tar.gz");
});

test.each([
  [300, "0.3 KB"],
  [303_210, "296 KB"],
  [3_250_586, "3.1 MB"],
  [5 * 1024 ** 3, "5.0 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe("a question", () => {
  function ask(answer: string | undefined) {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const said = confirm("All of it?", { input, output, signal: new AbortController().signal });
    input.end(answer);
    return said.then((decision) => [decision, String(output.read())]);
  }

  test.each(["y\n", "Yes\n", " yes \n"])("is answered with yes by %j", async (answer) => {
    expect(await ask(answer)).toEqual(["yes", "All of it? [y/N] "]);
  });

  test.each(["n\n", "\n", "yellow\n", undefined])("is answered with no by %j", async (answer) => {
    expect((await ask(answer))[0]).toBe("no");
  });
});
