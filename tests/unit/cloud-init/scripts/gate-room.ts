import { readFileSync } from "node:fs";
import { ScriptRoom } from "./support";

const GATE = readFileSync("cloud-init/files/gate.sh", "utf8");

/** The node's files that the gate reads and writes, and what stands for them here. */
const FILES = {
  "/run/cloud-init/result.json": "result.json",
  "/var/log/cloud-init-output.log": "cloud-init-output.log",
  "/var/log/lab-nodes-gate.log": "gate.log",
  "/var/lib/cloud/instance/scripts/runcmd": "runcmd",
  "/etc/os-release": "os-release",
  "/etc/lab-nodes/trivy.json": "trivy.json",
  "/etc/lab-nodes/docker.json": "docker.json",
  "/var/lib/trivy/db/metadata.json": "metadata.json",
} as const;

const VERSION = `
if [ "$1" = version ]; then
  case "$*" in *Server*) echo 20.10.24+dfsg1 ;; *Client*) echo 20.10.24 ;; *) echo all well ;; esac
  exit 0
fi`;

/** A Docker that can do all that is asked of it. It eats what `import` is given, as the real one does. */
export const GOOD_DOCKER = `${VERSION}
if [ "$2" = import ]; then cat > /dev/null; fi`;

/** A Trivy of the pinned version, whose database opens. */
export const GOOD_TRIVY = 'if [ "$1" = --version ]; then echo "Version: 0.74.0"; fi';

/** Installed packages; the one by name asks for packages of other distributions too, and so fails. */
export const PACKAGES = "printf 'ii  docker.io 20.10.24 amd64\\nun  docker-ce  \\nii  runc 1.1.5 amd64\\n'; [ $# = 3 ]";

/** The gate in a room that looks like a node where cloud-init has ended well and all is good. */
export function goodNode(): ScriptRoom {
  const room = new ScriptRoom();
  room.write("result.json", '{"v1":{"datasource":"DataSourceNoCloud","errors":[]}}');
  room.write("cloud-init-output.log", "Setting up docker.io\nfinished\n");
  room.write("os-release", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n');
  room.write("trivy.json", '{"version":"0.74.0"}');
  room.write("metadata.json", '{"Version":2,"UpdatedAt":"2026-11-23T06:00:00Z"}');
  room.program("docker", GOOD_DOCKER);
  room.program("trivy", GOOD_TRIVY);
  room.program("runuser", '[ "$1 $2 $3" = "--login student --command" ] && exec bash -c "$4"');
  room.program("su", '[ "$1 $2 $3" = "--login student --command" ] && exec bash -c "$4"');
  room.program("locale", "echo UTF-8");
  for (const editor of ["nano", "vi", "vim"]) {
    room.program(editor, "");
  }
  room.program("dpkg-query", PACKAGES);
  room.program("dpkg", "echo amd64");
  room.program("hostname", "echo node1");
  return room;
}

/** Makes cloud-init's report that of a node on which these went wrong. */
export function reportErrors(room: ScriptRoom, ...errors: string[]): void {
  room.write("result.json", JSON.stringify({ v1: { errors } }));
}

export function runGate(room: ScriptRoom, seconds = "30") {
  const script = Object.entries(FILES).reduce((text, [file, stand_in]) => {
    if (!text.includes(file)) {
      throw new Error(`the gate does not name ${file} any more`);
    }
    return text.replaceAll(file, room.path(stand_in));
  }, GATE);
  const { status, stdout, stderr } = room.run(script, { LAB_GATE_TIMEOUT_SECONDS: seconds });
  return { status, stdout, lines: stderr.trimEnd().split("\n") };
}

/** What the gate says when it fails: its reason, line by line, without phases and the log's tail. */
export function reasonOf({ lines }: { readonly lines: readonly string[] }): string[] {
  const spoken = lines.filter((line) => !line.startsWith("phase: "));
  return spoken.slice(
    0,
    spoken.findIndex((line) => line.startsWith("--- the last lines")),
  );
}
