import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkInputs, toConfiguration } from "../../../../airgap/plugins/cloudinit/inputs";
import { mimeDocument, render, renderedId } from "../../../../airgap/plugins/cloudinit/multipart";
import { config, getConfig } from "../../../../airgap/plugins/cloudinit/provider";
import { type PropertyMap, UNKNOWN } from "../../../../airgap/plugins/framework/provider";

const PLAIN = { gzip: false, base64Encode: false };

function rendered(inputs: PropertyMap): string {
  return render(toConfiguration(inputs));
}

describe("the MIME document", () => {
  it("is byte for byte the official provider's", () => {
    const parts = [
      { content: "baz", contentType: "text/x-shellscript", filename: "foobar.sh" },
      { content: "ünïcode", mergeType: "list(append)+dict(recurse_array)+str()" },
    ];
    expect(rendered({ ...PLAIN, parts })).toBe(
      'Content-Type: multipart/mixed; boundary="MIMEBOUNDARY"\nMIME-Version: 1.0\r\n\r\n' +
        '--MIMEBOUNDARY\r\nContent-Disposition: attachment; filename="foobar.sh"\r\nContent-Transfer-Encoding: 7bit\r\n' +
        "Content-Type: text/x-shellscript\r\nMime-Version: 1.0\r\n\r\nbaz\r\n" +
        "--MIMEBOUNDARY\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: text/plain\r\nMime-Version: 1.0\r\n" +
        "X-Merge-Type: list(append)+dict(recurse_array)+str()\r\n\r\nünïcode\r\n--MIMEBOUNDARY--\r\n",
    );
  });

  it("uses the boundary it is given, and may have no parts", () => {
    expect(mimeDocument({ boundary: "//", parts: [] })).toBe(
      'Content-Type: multipart/mixed; boundary="//"\nMIME-Version: 1.0\r\n\r\n\r\n--//--\r\n',
    );
  });

  it("is compressed and encoded by default, the same on every machine", () => {
    const parts = [{ content: "#cloud-config\n" }];
    const bytes = Buffer.from(rendered({ parts }), "base64");
    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    expect(gunzipSync(bytes).toString("utf8")).toBe(rendered({ ...PLAIN, parts }));
    expect(Buffer.from(rendered({ gzip: false, parts }), "base64").toString("utf8")).toBe(
      rendered({ ...PLAIN, parts }),
    );
  });

  it("is named by its CRC-32, never a negative number", () => {
    expect(renderedId("123456789")).toBe("3421780262");
  });
});

describe("inputs", () => {
  const properties = (inputs: PropertyMap) => checkInputs(inputs).map(({ property }) => property);

  it("refuses gzip without base64, which would be bytes in a string", () => {
    expect(properties({ base64Encode: false })).toEqual(["base64Encode"]);
    expect(properties(PLAIN)).toEqual([]);
  });

  it("refuses what would break the document", () => {
    expect(properties({ boundary: "a\nb" })).toEqual(["boundary"]);
    expect(properties({ parts: [{ content: "x", filename: 'a"\r\nX-Evil: 1' }] })).toEqual(["parts[0].filename"]);
    expect(properties({ parts: [{ content: "" }, { content: "x", kind: "y" }] })).toEqual([
      "parts[0].content",
      "parts[1].kind",
    ]);
  });

  it("lets pass what is not known yet", () => {
    expect(properties({ gzip: UNKNOWN, base64Encode: false, boundary: UNKNOWN, parts: UNKNOWN })).toEqual([]);
    expect(properties({ parts: [{ content: UNKNOWN, contentType: UNKNOWN }] })).toEqual([]);
  });
});

describe("cloudinit.Config", () => {
  it("previews its text as soon as all inputs are known", () => {
    expect(config.preview({ ...PLAIN, parts: [{ content: UNKNOWN }] })["rendered"]).toBe(UNKNOWN);
    expect(config.preview({ ...PLAIN, parts: [{ content: "x" }] })["rendered"]).toBe(
      rendered({ ...PLAIN, parts: [{ content: "x" }] }),
    );
  });

  it("gives its inputs back with defaults, as getConfig does", async () => {
    const inputs = { parts: [{ content: "x" }] };
    const context = { urn: "", signal: new AbortController().signal, log: () => {}, status: () => {} };
    const created = await config.create(undefined, inputs, context);
    expect(created.properties).toMatchObject({
      gzip: true,
      base64Encode: true,
      boundary: "MIMEBOUNDARY",
      parts: [{ content: "x", contentType: "text/plain" }],
    });
    expect(await getConfig.call(undefined, inputs)).toEqual({ ...created.properties, id: created.id });
  });
});

describe("cloudinit.getConfig", () => {
  it("refuses what the resource refuses", async () => {
    await expect(getConfig.call(undefined, { base64Encode: false })).rejects.toThrow(
      /base64Encode is false while gzip is true/,
    );
  });
});
