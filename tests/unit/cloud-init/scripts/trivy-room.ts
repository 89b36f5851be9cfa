import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TrivyInstallation } from "../../../../cloud-init/user-data";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/install-trivy.sh", "utf8");

/** The node's files and folders that the script uses, and what stands for them here. */
const PLACES = {
  "/etc/lab-nodes/trivy.json": "trivy.json",
  "/usr/local/lib/lab-nodes": "usr",
  "/usr/local/bin/trivy": "local/trivy",
  "/var/lib/trivy": "store",
  "/root /home/student /etc/skel": "root STUDENT SKEL",
} as const;

export const METADATA = '{"Version":2,"UpdatedAt":"2026-11-23T06:00:00Z"}';

/** A room like a node before Trivy is there, with an artefact folder that holds Trivy's archive and a database's. */
export class TrivyRoom extends ScriptRoom {
  constructor() {
    super();
    for (const folder of ["local", "usr", "root", "student", "skel", "artefacts"]) {
      mkdirSync(this.path(folder));
    }
    this.program("sleep", "");
    this.pack("artefacts/trivy.tar.gz", { trivy: trivyOf("0.74.0"), LICENSE: "free" });
    this.pack("artefacts/db.tar.gz", { "trivy.db": "advisories", "metadata.json": METADATA });
  }

  /** Makes a .tar.gz of the given files. */
  pack(archive: string, files: Readonly<Record<string, string>>): void {
    const folder = this.path("packing");
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(`${folder}/${name}`, text);
    }
    execFileSync("tar", ["-czf", this.path(archive), "-C", folder, ...Object.keys(files)]);
  }

  sumOf(name: string): string {
    return createHash("sha256")
      .update(readFileSync(this.path(name)))
      .digest("hex");
  }

  /** The plan for what the artefact folder holds, with changes. */
  plan(changes: Partial<TrivyInstallation> = {}): TrivyInstallation {
    return {
      version: "0.74.0",
      archive: this.path("artefacts/trivy.tar.gz"),
      sha256: this.sumOf("artefacts/trivy.tar.gz"),
      database: this.baked("artefacts/db.tar.gz"),
      ...changes,
    };
  }

  baked(archive: string, sha256: string = this.sumOf(archive)): TrivyInstallation["database"] {
    return { kind: "baked", archive: this.path(archive), sha256 };
  }

  install(plan: TrivyInstallation, variables: Readonly<Record<string, string>> = {}) {
    writeFileSync(this.path("trivy.json"), JSON.stringify(plan));
    const script = Object.entries(PLACES).reduce((text, [place, stand_in]) => {
      if (!text.includes(place)) {
        throw new Error(`install-trivy.sh does not name ${place} any more`);
      }
      const here = stand_in
        .toLowerCase()
        .split(" ")
        .map((name) => this.path(name));
      return text.replaceAll(place, here.join(" "));
    }, SCRIPT);
    const { status, stdout, stderr } = this.run(script, variables);
    return { status, stdout, stderr: stderr.replaceAll(`${dirname(this.path("x"))}/`, "") };
  }
}

/** A program that says of itself to be a Trivy, and that can download a database. */
export function trivyOf(
  version: string,
  download = `printf '${METADATA}' > "$4/db/metadata.json"; echo downloaded > "$4/db/trivy.db"`,
): string {
  return `#!/bin/bash
case $1 in
  --version) echo "Version: ${version}" ;;
  image)
    set -- "\${@:2}"
    echo "$*\${TRIVY_SKIP_DB_UPDATE:+ and skips it}" >> "$HOME/trivy.calls"
    mkdir -p "$4/db"
    ${download}
    ;;
esac
`;
}

/** What is in place after a run. */
export function placeOf(room: TrivyRoom) {
  return {
    program: existsSync(room.path("usr/trivy")),
    database: existsSync(room.path("store/db/trivy.db")),
    leftovers: existsSync(room.path("store"))
      ? readdirSync(room.path("store")).filter((name) => name.startsWith("work."))
      : [],
  };
}
