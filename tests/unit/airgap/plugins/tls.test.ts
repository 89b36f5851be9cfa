import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { type EncodedKey, encodeKey, generateKey, type KeyRequest } from "../../../../airgap/plugins/tls/keys";
import { privateKey } from "../../../../airgap/plugins/tls/provider";

const REQUESTS: readonly [string, KeyRequest, RegExp][] = [
  ["ED25519", { algorithm: "ED25519", rsaBits: 2048, ecdsaCurve: "P224" }, /^-----BEGIN PRIVATE KEY-----/],
  ["RSA", { algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P224" }, /^-----BEGIN RSA PRIVATE KEY-----/],
  ["ECDSA P256", { algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P256" }, /^-----BEGIN EC PRIVATE KEY-----/],
  ["ECDSA P384", { algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P384" }, /^-----BEGIN EC PRIVATE KEY-----/],
  ["ECDSA P521", { algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P521" }, /^-----BEGIN EC PRIVATE KEY-----/],
];

/** Output of OpenSSH's own tool for a private key file. */
function sshKeygen(key: EncodedKey, ...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "tls-test-"));
  try {
    const file = join(folder, "key");
    writeFileSync(file, key.privateKeyOpenssh, { mode: 0o600 });
    return execFileSync("ssh-keygen", [...options, "-f", file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(REQUESTS)("an %s key", (_name, request, pemHead) => {
  it("is read by OpenSSH, with the same public half and fingerprints", async () => {
    const key = await generateKey(request);
    expect(sshKeygen(key, "-y")).toBe(key.publicKeyOpenssh);
    expect(sshKeygen(key, "-l")).toContain(` ${key.publicKeyFingerprintSha256} `);
    expect(sshKeygen(key, "-l", "-E", "md5")).toContain(` MD5:${key.publicKeyFingerprintMd5} `);
  });

  it("has the same forms as the official provider's", async () => {
    const key = await generateKey(request);
    expect(key.privateKeyPem).toMatch(pemHead);
    expect(key.privateKeyPemPkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(createPublicKey(key.privateKeyPem).export({ type: "spki", format: "pem" })).toBe(key.publicKeyPem);
    expect(createPublicKey(key.privateKeyPemPkcs8).export({ type: "spki", format: "pem" })).toBe(key.publicKeyPem);
    const der = createPublicKey(key.publicKeyPem).export({ type: "spki", format: "der" });
    expect(key.id).toBe(createHash("sha1").update(der).digest("hex"));
  });
});

describe("keys", () => {
  it("have no OpenSSH forms on P224, which OpenSSH does not know", async () => {
    const key = await generateKey({ algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P224" });
    expect(key).toMatchObject({ privateKeyOpenssh: "", publicKeyOpenssh: "", publicKeyFingerprintMd5: "" });
    expect(key.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  it.each(["x", "d"] as const)("come out whole when their number %s begins with a zero byte", (half) => {
    // One key in 256 does, and encoders that take it for a number cut the zero off.
    const key = encodeKey(keyWithLeadingZero(half));
    const parsed = utils.parseKey(key.privateKeyOpenssh);
    if (parsed instanceof Error) {
      throw parsed;
    }
    expect(parsed.getPublicSSH().toString("base64")).toBe(key.publicKeyOpenssh.split(" ")[1]?.trim());
    expect(sshKeygen(key, "-y")).toBe(key.publicKeyOpenssh);
  });
});

function keyWithLeadingZero(half: "x" | "d"): KeyObject {
  for (;;) {
    const key = generateKeyPairSync("ed25519").privateKey;
    if (Buffer.from(key.export({ format: "jwk" })[half] ?? "", "base64url")[0] === 0) {
      return key;
    }
  }
}

describe("tls.PrivateKey", () => {
  const failures = (inputs: Parameters<NonNullable<typeof privateKey.check>>[0]) =>
    privateKey.check?.(inputs).failures ?? [];

  it("accepts what the official provider accepts, and what is not known yet", () => {
    expect(failures({ algorithm: "ED25519" })).toEqual([]);
    expect(failures({ algorithm: UNKNOWN, rsaBits: UNKNOWN, ecdsaCurve: UNKNOWN })).toEqual([]);
  });

  it("refuses other algorithms, curves and sizes, saying what is allowed", () => {
    const found = failures({ algorithm: "DSA", ecdsaCurve: "P1", rsaBits: 512 });
    expect(found.map(({ property }) => property)).toEqual(["algorithm", "ecdsaCurve", "rsaBits"]);
    expect(found[0]?.reason).toBe('algorithm is "DSA"; it must be one of RSA, ECDSA, ED25519');
  });

  it("makes a new key for any change", () => {
    const old = { id: "x", properties: {}, inputs: { algorithm: "RSA" } };
    expect(privateKey.diff(old, { algorithm: "ED25519" }).replaces).toEqual(["algorithm"]);
    expect(privateKey.diff(old, { algorithm: "RSA" }).changed).toEqual([]);
  });
});
