import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { claimUrl, ownHost, portalUrl } from "../../../portal/server/address";
import { isFor, ownCertificate, readCertificate } from "../../../portal/server/certificate";

const DAY = 24 * 3600 * 1000;
const NOW = new Date("2026-12-01T10:00:00Z");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portal-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
});

describe("a certificate of the portal's own", () => {
  test("is for the address that students type, and kept for its owner alone", async () => {
    const { certificate, fingerprint, trust } = await ownCertificate(directory, "192.0.2.7", NOW);
    expect(new X509Certificate(certificate).fingerprint256).toBe(fingerprint);
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(trust).toBe("generated");
    expect(["192.0.2.7", "localhost", "192.0.2.8", "portal.test"].map((host) => isFor(certificate, host))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect((statSync(join(directory, "certificate.pem")).mode & 0o777).toString(8)).toBe("600");
  });

  test("stays the same, so that the cards stay right, until it ends or the address is another one", async () => {
    const fingerprintAt = async (host: string, days: number) =>
      (await ownCertificate(directory, host, new Date(NOW.getTime() + days * DAY))).fingerprint;
    const first = await fingerprintAt("portal.test", 0);
    expect(await fingerprintAt("portal.test", 80)).toBe(first);
    const renewed = await fingerprintAt("portal.test", 84);
    expect(renewed).not.toBe(first);
    expect(await fingerprintAt("other.test", 84)).not.toBe(renewed);
  });

  test("that is damaged is recreated", async () => {
    writeFileSync(join(directory, "certificate.pem"), "nonsense");
    expect((await ownCertificate(directory, "portal.test", NOW)).trust).toBe("generated");
  });
});

describe("a certificate that is given", () => {
  async function pemFiles(name: string, host = "portal.test") {
    const folder = join(directory, name);
    const { certificate, privateKey } = await ownCertificate(folder, host, NOW);
    const files = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
    writeFileSync(files.certificate, certificate);
    writeFileSync(files.key, privateKey);
    return files;
  }

  test("is read with its key", async () => {
    expect(readCertificate(await pemFiles("a"), NOW)).toMatchObject({ trust: "given" });
  });

  test("is refused with words where it does not fit, is over, or is none", async () => {
    const [one, other] = [await pemFiles("a"), await pemFiles("b")];
    const later = new Date(NOW.getTime() + 100 * DAY);
    expect(() => readCertificate({ ...one, key: other.key }, NOW)).toThrow(/does not match the certificate/);
    expect(() => readCertificate(one, later)).toThrow(/expired at/);
    expect(() => readCertificate({ ...one, certificate: one.key }, NOW)).toThrow(/is not a certificate in PEM format/);
    expect(() => readCertificate({ ...one, key: one.certificate }, NOW)).toThrow(/is not a private key without/);
    expect(() => readCertificate({ ...one, key: join(directory, "none") }, NOW)).toThrow(/cannot be read \(ENOENT\)/);
  });
});

describe("the address", () => {
  test.each([
    ["192.0.2.7", 8443, "https://192.0.2.7:8443"],
    ["portal.test", 443, "https://portal.test"],
    ["2001:db8::7", 8443, "https://[2001:db8::7]:8443"],
  ])("of %s and %i is %s", (host, port, url) => {
    expect(portalUrl(host, port)).toBe(url);
  });

  test("with a code keeps it from every server on the way", () => {
    expect(new URL(claimUrl("https://portal.test", "abcd-2345"))).toMatchObject({
      pathname: "/",
      hash: "#abcd-2345",
      search: "",
    });
  });

  test("is the first one that others can reach", () => {
    const address = (text: string, internal: boolean) => ({ address: text, internal, family: "IPv4" as const });
    const interfaces = { lo: [address("127.0.0.1", true)], lan: [address("192.0.2.7", false)] };
    expect(ownHost(interfaces as unknown as Parameters<typeof ownHost>[0])).toBe("192.0.2.7");
    expect(ownHost({})).not.toBe("");
  });
});
