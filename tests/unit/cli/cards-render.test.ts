import { decodeQR } from "qr/decode.js";
import { describe, expect, test } from "vitest";
import { type SeatCard, sshCommand, sshUri } from "../../../cli/workflows/cards/card";
import { endsText, renderCsv } from "../../../cli/workflows/cards/files";
import { qrCode, renderHtml } from "../../../cli/workflows/cards/html";
import { csvCell } from "../../../core/quoting";
import { CARD, LOCAL_CARD } from "./cards-support";

const ABOUT = { lab: "spring", ends: "Ends 2026-12-01 18:00 UTC", printed: "2026-11-23" };

const PORTAL_CARD: SeatCard = {
  ...CARD,
  portal: { url: "https://portal.test:8443", code: "k3fw-9tqa", fingerprint: "AB:12:AB:12" },
};

function cards(count: number): SeatCard[] {
  return Array.from({ length: count }, (_, index) => ({ ...CARD, seat: `seat${index + 1}` }));
}

describe("what a student types", () => {
  test.each([
    [CARD, "ssh student@203.0.113.7", "ssh://student@203.0.113.7:22"],
    [LOCAL_CARD, "ssh -p 2201 student@127.0.0.1", "ssh://student@127.0.0.1:2201"],
    [
      { ...LOCAL_CARD, password: undefined },
      "ssh -i seat01.key -p 2201 student@127.0.0.1",
      "ssh://student@127.0.0.1:2201",
    ],
  ])("is right for %j", (card, command, uri) => {
    expect([sshCommand(card), sshUri(card)]).toEqual([command, uri]);
  });
});

test("when a class ends is told in few words", () => {
  expect([undefined, { seconds: 43_200 }, { time: "2026-12-01T18:00:00Z" }].map(endsText)).toEqual([
    undefined,
    "Ends 12h after its first boot",
    "Ends 2026-12-01 18:00 UTC",
  ]);
});

describe("the page", () => {
  test("has all that a student needs, and of the private key nothing", () => {
    const html = renderHtml([CARD], ABOUT);
    for (const text of [
      CARD.seat,
      CARD.host,
      "<dd>22</dd>",
      CARD.password,
      CARD.fingerprint,
      sshCommand(CARD),
      ...Object.values(ABOUT),
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain("c2VjcmV0");
    expect(html).toContain('aria-label="QR code of ssh://student@203.0.113.7:22"');
  });

  test("has the portal's address, code and certificate, and a QR code that opens it, once there is a portal", () => {
    const html = renderHtml([PORTAL_CARD], ABOUT);
    for (const text of [
      "https://portal.test:8443</code>",
      "<dd>k3fw-9tqa</dd>",
      "<code>ab12ab12</code>",
      `<dd>${CARD.password}</dd>`,
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toContain('aria-label="QR code of https://portal.test:8443/#k3fw-9tqa"');
    expect(renderHtml([CARD], ABOUT)).not.toMatch(/In a browser|Portal code/);
  });

  test("names the key file where there is no password", () => {
    const html = renderHtml([{ ...CARD, password: undefined }], ABOUT);
    expect(html).toContain("<dt>Key file</dt><dd>seat03.key</dd>");
    expect(html).not.toMatch(/<dt>Password|undefined/);
  });

  test("says of a local seat alone that it answers on one machine only", () => {
    expect(renderHtml([LOCAL_CARD], ABOUT)).toContain("Only from the machine that runs the lab");
    expect(renderHtml([CARD], ABOUT)).not.toContain("Only from the machine");
    for (const host of ["172.17.0.1", "172.31.0.1", "10.0.0.1", "192.168.0.1"]) {
      expect(renderHtml([{ ...LOCAL_CARD, host }], ABOUT), host).toContain("Only from the machine that runs the lab");
    }
    for (const host of ["172.32.0.1", "server10.test", "100.0.0.1"]) {
      expect(renderHtml([{ ...CARD, host }], ABOUT), host).not.toContain("Only from the machine");
    }
  });

  test("needs nothing from elsewhere and runs nothing", () => {
    const html = renderHtml([CARD, LOCAL_CARD], ABOUT);
    expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\(|javascript:/i);
    expect(html.match(/https?:\/\/[^"]+/g) ?? []).toEqual(["http://www.w3.org/2000/svg", "http://www.w3.org/2000/svg"]);
  });

  test.each([
    [1, [1]],
    [8, [8]],
    [9, [8, 1]],
    [20, [8, 8, 4]],
  ])("has %i cards on sheets of %j", (count, sheets) => {
    const html = renderHtml(cards(count), ABOUT);
    const found = html
      .split("<section>")
      .slice(1)
      .map((sheet) => sheet.match(/<article>/g)?.length);
    expect(found).toEqual(sheets);
  });

  test("shows text as text, whatever it is", () => {
    const hostile = `<b>&"'</b>`;
    const html = renderHtml([{ ...CARD, seat: hostile, host: hostile, password: hostile, fingerprint: hostile }], {
      lab: hostile,
      ends: hostile,
      printed: hostile,
    });
    expect(html).not.toContain("<b>");
    // Title, heading, card: seat, class, address, QR code, command, password, fingerprint, end, day of printing.
    expect(html.match(/&lt;b&gt;&amp;&quot;&#39;&lt;\/b&gt;/g)).toHaveLength(11);
  });
});

test("the QR code that is drawn decodes to the URI", () => {
  expect(decodeQR(pictureOf(qrCode(sshUri(LOCAL_CARD))))).toBe("ssh://student@127.0.0.1:2201");
});

describe("the table", () => {
  test("is RFC 4180, a seat a line", () => {
    expect(renderCsv([CARD, { ...LOCAL_CARD, password: undefined }])).toBe(
      [
        "seat,host,port,user,password,command,uri,host key,portal,portal code",
        `seat03,203.0.113.7,22,student,abcd-efgh-2345,ssh student@203.0.113.7,ssh://student@203.0.113.7:22,${CARD.fingerprint},,`,
        `seat01,127.0.0.1,2201,student,,ssh -i seat01.key -p 2201 student@127.0.0.1,ssh://student@127.0.0.1:2201,${CARD.fingerprint},,`,
        "",
      ].join("\r\n"),
    );
  });

  test("has the portal's address and code, where there is a portal", () => {
    expect(renderCsv([PORTAL_CARD])).toMatch(/,https:\/\/portal\.test:8443,k3fw-9tqa\r\n$/);
  });

  test.each([
    ["plain", "plain"],
    ["", ""],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\n=1", '"\'\n=1"'],
    ["＝1", "'＝1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["a=1", "a=1"],
  ])("the cell %j is written %j", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});

const PIXELS = 4;

/** What a camera sees of a QR code's SVG: black squares of side 1, on white. */
function pictureOf(svg: string) {
  const width = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]) * PIXELS;
  const data = new Uint8Array(width * width * 3).fill(255);
  let [x, y] = [0, 0];
  for (const [, move, right, down] of svg.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)h1v1/g)) {
    [x, y] = move === "M" ? [Number(right), Number(down)] : [x + Number(right), y + Number(down)];
    for (let row = 0; row < PIXELS; row++) {
      const start = (y * PIXELS + row) * width + x * PIXELS;
      data.fill(0, start * 3, (start + PIXELS) * 3);
    }
  }
  return { width, height: width, data };
}
