import { hkdfSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { derivePassword } from "../../../core/passwords";

const PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n";

test("is this very one: a running class keeps its passwords from version to version", () => {
  expect(derivePassword(PEM)).toBe("psrh-nic9-rswp");
});

test("is HKDF-SHA256 of the key, told in letters", () => {
  const bytes = Buffer.from(
    hkdfSync("sha256", PEM.trim(), "", "lab-nodes: password of the user student, version 1", 12),
  );
  const letters = derivePassword(PEM).replaceAll("-", "");
  expect([...letters].map((letter) => "abcdefghijkmnpqrstuvwxyz23456789".indexOf(letter))).toEqual(
    [...bytes].map((byte) => byte % 32),
  );
});

test("does not depend on white space around the key", () => {
  expect(derivePassword(`\n${PEM}\n`)).toBe(derivePassword(PEM));
});

test("is three groups of four, of letters and digits that cannot be mistaken, and another one for another key", () => {
  const seen = new Set<string>();
  const keys = new Set<string>();
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (key) => {
      const password = derivePassword(key);
      seen.add(password);
      keys.add(key.trim());
      expect(password).toMatch(/^[a-kmnp-z2-9]{4}-[a-kmnp-z2-9]{4}-[a-kmnp-z2-9]{4}$/);
    }),
    { numRuns: 500 },
  );
  expect(seen.size).toBe(keys.size);
});

test("takes every letter about as often: 60 bits are 60 bits", () => {
  const counts = new Map<string, number>();
  for (let key = 0; key < 4000; key++) {
    for (const letter of derivePassword(`key ${key}`).replaceAll("-", "")) {
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(32);
  // 1500 each; 5 standard deviations are 190.
  expect(Math.min(...counts.values())).toBeGreaterThan(1300);
  expect(Math.max(...counts.values())).toBeLessThan(1700);
});
