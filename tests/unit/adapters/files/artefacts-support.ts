import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RecordingReporter } from "../pulumi/find-engine-support";

/** A clone with the Go modules of Trivy and the sample database, and a `go` whose builds are small scripts. */
export class GoRoom {
  readonly reporter = new RecordingReporter();
  readonly environment: NodeJS.ProcessEnv;

  constructor(readonly folder: string) {
    for (const module of ["trivy", "sample-database"]) {
      this.write(
        `airgap/toolchain/${module}/go.mod`,
        "module example\n\ngo 1.26\n\nrequire github.com/aquasecurity/trivy v0.74.0\n",
      );
      this.write(`airgap/toolchain/${module}/go.sum`, "");
    }
    this.write("airgap/toolchain/sample-database/main.go", "package main\n");
    this.write("bin/go", GO, 0o755);
    this.environment = {
      PATH: `${folder}/bin:/usr/bin:/bin`,
      HOME: folder,
      XDG_CACHE_HOME: folder,
      LOG: `${folder}/log`,
    };
  }

  get programDirectory(): string {
    return this.folder;
  }

  write(name: string, text: string, mode = 0o644): void {
    mkdirSync(join(this.folder, name, ".."), { recursive: true });
    writeFileSync(join(this.folder, name), text);
    chmodSync(join(this.folder, name), mode);
  }

  /** What was built: platform and name of each. */
  get builds(): string[] {
    try {
      return readFileSync(join(this.folder, "log"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }
}

/** Each program that it "builds" writes a database when it is given a folder. */
const GO = `#!/bin/sh
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
build)
  while [ "$1" != -o ]; do shift; done
  echo "$GOOS/$GOARCH $GOEXPERIMENT $(basename "$2")" >> "$LOG"
  printf '#!/bin/sh\\nif [ -n "$1" ]; then echo meta > "$1/metadata.json"; echo db > "$1/trivy.db"; fi\\n' > "$2"
  chmod +x "$2" ;;
esac
`;
