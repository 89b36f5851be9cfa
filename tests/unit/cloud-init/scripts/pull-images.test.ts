import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/pull-images.sh", "utf8");
const IMAGES = "debian:bookworm 127.0.0.1:5001/debian@sha256:aa\nfiglet:latest 127.0.0.1:5001/figlet@sha256:bb";

/** A Docker whose images are lines "name id" in the file `images`. */
const DOCKER = `
case "$1 $2" in
  "image pull") echo "$4 sha256:id-of-$4" >> images; echo "$4" ;;
  "image tag") echo "$4 $(grep -F "$3 " images | cut -d ' ' -f 2)" >> images ;;
  "image rm") grep -vF "$4 " images > rest; mv rest images ;;
  "image inspect") grep -F "\${*: -1} " images | cut -d ' ' -f 2 ;;
esac`;

test("leaves the lesson's names alone, and tells the ids as JSON", () => {
  const room = new ScriptRoom();
  room.program("docker", DOCKER);
  const { status, stdout } = room.run(SCRIPT, { LAB_IMAGES: IMAGES });
  const ids = {
    "debian:bookworm": "sha256:id-of-127.0.0.1:5001/debian@sha256:aa",
    "figlet:latest": "sha256:id-of-127.0.0.1:5001/figlet@sha256:bb",
  };
  expect([status, JSON.parse(stdout)]).toEqual([0, ids]);
  expect(room.read("images").trim().split("\n")).toEqual(Object.entries(ids).map((entry) => entry.join(" ")));
});

test.each([
  ["unauthorized: authentication required", /asks nodes for a login.*images\.delivery build/],
  ["http: server gave HTTP response to HTTPS client", /HTTPS alone/],
  ["x509: certificate signed by unknown authority", /a certificate that they trust/],
  ["connection refused", /connection refused\n$/],
])("a pull that fails ends it with Docker's words and advice: %s", (words, advice) => {
  const room = new ScriptRoom();
  room.program("docker", `[ "$2" != pull ] || { echo 'Error: ${words}' >&2; exit 1; }`);
  const { status, stdout, stderr } = room.run(SCRIPT, { LAB_IMAGES: IMAGES });
  expect([status, stdout]).toEqual([1, ""]);
  const what = "images.delivery: debian:bookworm cannot be pulled from 127.0.0.1:5001/debian@sha256:aa";
  expect(stderr).toContain(`${what}: Error: ${words}`);
  expect(stderr).toMatch(advice);
});
