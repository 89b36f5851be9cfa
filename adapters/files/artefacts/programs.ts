import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../../core/machine";
import type { GoProgram } from "../../pulumi/engine/toolchain/build";

// Both use encoding/json/v2, which Go has behind this switch.
const JSON_V2 = { GOEXPERIMENT: "jsonv2" };

/** Go's name of a node's architecture. */
const ARCHITECTURES: Readonly<Record<Platform, string>> = { "linux/amd64": "amd64", "linux/arm64": "arm64" };

/** Trivy as a Go program for nodes of the given platform. */
export function trivyProgram(programDirectory: string, version: string, platform: Platform): GoProgram {
  return {
    name: "trivy",
    title: `Trivy ${version}`,
    module: join(programDirectory, "airgap", "toolchain", "trivy"),
    package: "github.com/aquasecurity/trivy/cmd/trivy",
    linkerFlags: `-s -w -X github.com/aquasecurity/trivy/pkg/version/app.ver=${version}`,
    variables: { ...JSON_V2, GOOS: "linux", GOARCH: ARCHITECTURES[platform] },
  };
}

/** The version of Trivy that its Go module pins, without the "v". */
export function trivyModuleVersion(programDirectory: string): string | undefined {
  const file = join(programDirectory, "airgap", "toolchain", "trivy", "go.mod");
  return /^require github\.com\/aquasecurity\/trivy v(\S+)$/m.exec(readFileSync(file, "utf8"))?.[1];
}

/** The command that makes Trivy's Go module pin another version. */
export function moveTrivyModule(version: string): string {
  return `(cd airgap/toolchain/trivy && GOEXPERIMENT=jsonv2 go get -tool github.com/aquasecurity/trivy/cmd/trivy@v${version})`;
}

/** Our program that writes a sample of a vulnerability database. It runs here, not on nodes. */
export function sampleDatabaseProgram(programDirectory: string): GoProgram {
  return {
    name: "sample-database",
    title: "the maker of the sample database",
    module: join(programDirectory, "airgap", "toolchain", "sample-database"),
    package: ".",
    linkerFlags: "-s -w",
    variables: JSON_V2,
  };
}
