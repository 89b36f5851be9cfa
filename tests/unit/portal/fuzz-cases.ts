import fc from "fast-check";

/** Bytes for one connection. */
export interface Sent {
  readonly bytes: Buffer;
  /** What the browser does as soon as it has sent them. */
  readonly afterwards: "wait" | "close" | "reset";
}

/** Texts as a person at a keyboard with curl would think of, and any others. */
const PATHS = fc.oneof(
  fc.constantFrom(
    ...[
      "/",
      "//[",
      "//[?seat=seat01",
      "*",
      "http://[",
      "https://a:99999/",
      "/%",
      "/%ff%00",
      "/seat/%E0%A4%A",
      "/assets/page.js",
    ],
    ...[
      "/terminal",
      "/terminal?seat=seat01",
      "/terminal?seat=%",
      "//terminal",
      "http://portal.test/terminal",
      "/assets/%2e%2e/x",
    ],
    ...["/api/session", "/api/claim", "/api/lesson", "/api/lesson/check", "/api/lesson/command", "/api/lesson/file"],
    ...["/api/terminal", "/api/terminal/x?after=0", "/api/terminal/%1b[2J", "/api/terminal?seat=seat01", "/api/wall"],
    ...[
      "/api/wall/change",
      "/api/wall/message",
      "/api/wall/export/csv",
      "/api/wall/export/json",
      "/api/lesson?seat=seat02",
    ],
  ),
  fc.string({ unit: "binary-ascii", maxLength: 40 }).map((text) => text.replace(/[\s]/g, "")),
  fc.webPath(),
);
const METHODS = fc.constantFrom(
  ...[
    "GET",
    "GET",
    "POST",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "CONNECT",
    "PURGE",
    "get",
    "GE T",
    "",
  ],
);
const JSON_BODIES = fc.oneof(
  fc.json(),
  fc.constantFrom(
    ...[
      "",
      "{",
      "null",
      "[]",
      '{"code":"aaaa-2345"}',
      '{"code":1}',
      '{"task":"__proto__"}',
      '{"step":"1"}',
      '{"task":"1.1"}',
    ],
    ...[
      '{"text":"hello"}',
      '{"text":"x","seat":"seat01"}',
      '{"kind":"reset","seat":"seat01","home":"keep"}',
      "[".repeat(50_000),
    ],
    ...[
      '[{"kind":"keys","text":"ls\\r"}]',
      '[{"kind":"size","columns":1e9,"rows":1}]',
      '{"task":"2.1","existing":"keep"}',
    ],
  ),
  fc.string({ unit: "binary", maxLength: 100 }),
);
const MESSAGES = fc.oneof(
  fc.constantFrom('{"kind":"keys","text":"x"}', '{"kind":"size","columns":80,"rows":24}', '{"kind":"keys"}', "{", "\0"),
  fc.json(),
  fc.string({ unit: "binary", maxLength: 50 }),
);

const line = (name: string, value: fc.Arbitrary<string>) => value.map((text) => `${name}: ${text}\r\n`);
const optional = (header: fc.Arbitrary<string>) => fc.option(header, { freq: 3, nil: "" });
const HOST = fc.constantFrom("portal.test", "portal.test", "portal.test", "[", "a b", "", "\x80");

/** A request as it goes over the wire, right or wrong. */
export function requests(cookies: readonly string[]): fc.Arbitrary<Sent> {
  const cookie = fc.constantFrom(...cookies, ...cookies, "__Host-lab-portal=x", "__Host-lab-portal=%E0%A4%A", "=;=");
  const heads = fc.tuple(
    fc.tuple(METHODS, PATHS).map(([method, path]) => `${method} ${path} HTTP/1.1\r\n`),
    line("host", HOST),
    optional(line("origin", fc.constantFrom("https://portal.test", "https://portal.test", "null", "//["))),
    optional(line("cookie", cookie)),
    optional(line("content-type", fc.constantFrom("application/json", "", ";;;"))),
    fc.option(
      fc.constantFrom("expect: 100-continue\r\n", "expect: x\r\n", "x: \x01\r\n", ":\r\n", "accept-encoding: br\r\n"),
      {
        nil: "",
        freq: 1,
      },
    ),
    fc.option(line("upgrade", fc.constantFrom("websocket", "h2c", "")), { nil: "", freq: 1 }),
    fc.constantFrom("", "connection: upgrade\r\n", "connection: close\r\n", "connection: keep-alive, upgrade\r\n"),
  );
  const lengths = fc.constantFrom("right", "right", "right", "none", "more", "huge", "chunked", "wrong chunks");
  return fc
    .tuple(heads, JSON_BODIES, lengths, fc.constantFrom<Sent["afterwards"]>("wait", "wait", "close", "reset"))
    .map(([head, body, length, afterwards]) => {
      const { length: bytes } = Buffer.from(body);
      const framing = {
        right: `content-length: ${bytes}\r\n\r\n${body}`,
        none: `\r\n${body}`,
        more: `content-length: ${bytes + 5}\r\n\r\n${body}`,
        huge: `content-length: 99999999999\r\n\r\n${body}`,
        chunked: `transfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
        "wrong chunks": `transfer-encoding: chunked\r\n\r\nzz\r\n${body}`,
      }[length as string];
      return { bytes: Buffer.from(`${head.join("")}${framing}`), afterwards };
    });
}

/** A request as the page sends it, but for what is in it. */
export function pageRequests(cookies: readonly string[], terminal: string): fc.Arbitrary<Sent> {
  const routes = fc.constantFrom(
    ...["GET /", "GET /api/session", "GET /api/lesson", "GET /api/wall", "GET /api/wall/export/csv", "POST /api/claim"],
    ...["POST /api/lesson/check", "POST /api/lesson/command", "POST /api/lesson/file", "POST /api/terminal"],
    ...[
      "POST /api/wall/message",
      "POST /api/wall/change",
      `POST /api/terminal/${terminal}`,
      `POST /api/terminal/${terminal}`,
    ],
    ...["0", "1", "9007199254740993", "-1", "x"].map((after) => `GET /api/terminal/${terminal}?after=${after}`),
  );
  return fc.tuple(routes, fc.constantFrom(...cookies, "x=y"), JSON_BODIES).map(([route, cookie, body]) => {
    const lines = [`${route} HTTP/1.1`, "host: portal.test", "origin: https://portal.test", `cookie: ${cookie}`];
    const content = route.startsWith("GET") ? "" : body;
    lines.push("connection: close", "content-type: application/json", `content-length: ${Buffer.byteLength(content)}`);
    return { bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${content}`), afterwards: "wait" };
  });
}

/** One frame of a WebSocket, with whatever bits and lengths. */
const FRAMES = fc
  .record({
    first: fc.oneof(fc.constantFrom(0x81, 0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a), fc.integer({ min: 0, max: 255 })),
    isMasked: fc.constantFrom(true, true, true, false),
    payload: fc.oneof(
      MESSAGES.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 130 }).map(Buffer.from),
    ),
    lie: fc.constantFrom(0, 0, 0, 0, 1, 70_000, 2 ** 31),
  })
  .map(({ first, isMasked, payload, lie }) => {
    const length = payload.length + lie;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = first;
    head[1] = (isMasked ? 0x80 : 0) | (head.length === 2 ? length : head.length === 4 ? 126 : 127);
    if (head.length === 4) {
      head.writeUInt16BE(length, 2);
    } else if (head.length === 10) {
      head.writeBigUInt64BE(BigInt(length), 2);
    }
    const mask = isMasked ? Buffer.alloc(4) : Buffer.alloc(0);
    return Buffer.concat([head, mask, payload]);
  });

/** A WebSocket to a terminal that is let in, and what is sent over it. */
export function terminals(cookies: readonly string[]): fc.Arbitrary<Sent> {
  return fc
    .tuple(
      fc.constantFrom(...cookies),
      fc.array(FRAMES, { maxLength: 6 }),
      fc.constantFrom("13", "13", "13", "13", "8", "x"),
      fc.constantFrom("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==", "x", ""),
      fc.constantFrom<Sent["afterwards"]>("wait", "close", "reset"),
    )
    .map(([cookie, frames, version, key, afterwards]) => {
      const head = [
        "GET /terminal?seat=seat01 HTTP/1.1",
        "host: portal.test",
        "origin: https://portal.test",
        `cookie: ${cookie}`,
        "upgrade: websocket",
        "connection: upgrade",
        `sec-websocket-key: ${key}`,
        `sec-websocket-version: ${version}`,
      ];
      return { bytes: Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), ...frames]), afterwards };
    });
}

export function head(lines: readonly string[]): Sent {
  return { bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), afterwards: "wait" };
}
