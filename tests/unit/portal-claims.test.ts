import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { claim, free, holderOf, withInstructorCode, withSeats } from "../../portal/server/claims";
import { type ClassBook, ClassBookFile } from "../../portal/server/class-book";
import { newCode, normalizeCode } from "../../portal/server/codes";
import { RateLimit } from "../../portal/server/rate-limit";

const NOW = new Date("2026-12-01T10:00:00Z");
const EMPTY: ClassBook = { version: 1, seats: {} };

function claimed(book: ClassBook, code: string) {
  const result = claim(book, code, undefined, NOW);
  if (result.kind !== "claimed") {
    expect.fail(`the code was ${result.kind}`);
  }
  return result;
}

describe("codes", () => {
  test("are two groups of four that nobody misreads, and each another one", () => {
    const codes = Array.from({ length: 200 }, newCode);
    expect(codes.filter((code) => !/^[a-kmnp-z2-9]{4}-[a-kmnp-z2-9]{4}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(200);
  });

  test.each(["abcd-2345", "ABCD-2345", " abcd 2345 ", "abcd2345", "abcd--2345"])(
    "%j is meant as abcd-2345",
    (typed) => {
      expect(normalizeCode(typed)).toBe("abcd-2345");
    },
  );
});

describe("a claim", () => {
  const book = withInstructorCode(withSeats(EMPTY, ["seat01", "seat02"]));
  const code = book.seats["seat01"]?.code ?? "";

  test("gives one browser the seat; the code is of no use to another one", () => {
    const first = claimed(book, code);
    expect(first.holder).toBe("seat01");
    expect(holderOf(first.book, first.token)).toBe("seat01");
    expect(claim(first.book, code, undefined, NOW)).toEqual({ kind: "used", holder: "seat01" });
  });

  test("of a browser that has the seat already changes nothing", () => {
    const { book: after, token } = claimed(book, code);
    expect(claim(after, code, token, NOW)).toEqual({ kind: "already yours", holder: "seat01" });
  });

  test("of a browser that has another seat is refused like any other's", () => {
    const other = claimed(claimed(book, code).book, book.seats["seat02"]?.code ?? "");
    expect(claim(other.book, code, other.token, NOW)).toEqual({ kind: "used", holder: "seat01" });
  });

  test("with a wrong code, or an empty one, gives nothing", () => {
    expect(["abcd-0000", "", "seat01"].map((typed) => claim(book, typed, undefined, NOW).kind)).toEqual([
      "wrong",
      "wrong",
      "wrong",
    ]);
  });

  test("keeps no token that could be used", () => {
    const { book: after, token } = claimed(book, code);
    expect(JSON.stringify(after)).not.toContain(token);
  });

  test("is over once the seat is freed; then the same code is good again", () => {
    const first = claimed(book, code);
    const freed = free(first.book, "seat01");
    expect(freed && holderOf(freed, first.token)).toBeUndefined();
    expect(freed && claimed(freed, code).holder).toBe("seat01");
    expect(free(first.book, "seat99")).toBeUndefined();
  });

  test("by the instructor's code is the instructor's, until there is a new one", () => {
    const { holder, token, book: after } = claimed(book, book.instructor?.code ?? "");
    expect(holder).toBe("instructor");
    expect(holderOf(withInstructorCode(after), token)).toBeUndefined();
  });

  test("seats that come later get codes, and the others keep theirs", () => {
    const more = withSeats(book, ["seat01", "seat02", "seat03"]);
    expect(more.seats["seat01"]).toEqual(book.seats["seat01"]);
    expect(more.seats["seat03"]?.code).toMatch(/^\S{4}-\S{4}$/);
  });
});

describe("wrong codes", () => {
  const settings = { failures: 3, secondsEach: 10 };

  test("are limited by address, and the wait is told", () => {
    let now = 0;
    const limit = new RateLimit(settings, () => now);
    for (let count = 0; count < 3; count += 1) {
      expect(limit.waitSeconds("a")).toBe(0);
      limit.failed("a");
    }
    expect(limit.waitSeconds("a")).toBe(10);
    expect(limit.waitSeconds("b")).toBe(0);
    now = 10_000;
    expect(limit.waitSeconds("a")).toBe(0);
    limit.failed("a");
    expect(limit.waitSeconds("a")).toBe(10);
  });

  test("of ever new addresses do not fill the memory", () => {
    const limit = new RateLimit(settings, () => 0);
    for (let count = 0; count < 20_000; count += 1) {
      limit.failed(String(count));
    }
    expect(limit.waitSeconds("0")).toBe(0);
    limit.failed("19999");
    limit.failed("19999");
    expect(limit.waitSeconds("19999")).toBe(10);
  });
});

describe("the class book", () => {
  function file() {
    const directory = mkdtempSync(join(tmpdir(), "portal-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return { directory: join(directory, "portal"), path: join(directory, "portal", "class-book.json") };
  }

  test("is kept for its owner alone, and read again by others", () => {
    const { directory, path } = file();
    const written = new ClassBookFile(directory).update((book) => withSeats(book, ["seat01"]));
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(directory).mode & 0o777).toString(8)).toBe("700");
    expect(new ClassBookFile(directory).read()).toEqual(written);
  });

  test("that is damaged is refused with what to do", () => {
    const { directory, path } = file();
    new ClassBookFile(directory).update((book) => withSeats(book, ["seat01"]));
    writeFileSync(path, '{"version": 1, "seats": []}');
    expect(() => new ClassBookFile(directory).read()).toThrow(/is damaged, or of another version/);
  });
});
