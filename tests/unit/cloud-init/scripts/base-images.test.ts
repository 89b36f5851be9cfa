import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const RECORD = "/var/lib/lab-nodes/base-images";
const TEXT = readFileSync("cloud-init/files/base-images.sh", "utf8");
const SCRIPT = TEXT.replaceAll(RECORD, "$HOME/notes/base-images");
const IMAGES = "alpine:latest alpine:3.22@sha256:aaa\nubuntu:latest ubuntu:24.04@sha256:bbb";

/** A Docker whose images are lines "name id" in the file `images`. */
const DOCKER = `
case "$1 $2" in
  "image pull") echo "\${*: -1} sha256:id-of-\${*: -1}" >> images; echo "pulled" ;;
  "image tag") echo "$4 $(grep -F "$3 " images | cut -d ' ' -f 2)" >> images ;;
  "image load") while read -r tag id; do echo "Loaded image: $tag"; echo "$tag $id" >> images; done < "\${*: -1}" ;;
  "image inspect") grep -q "^\${*: -1} " images && grep "^\${*: -1} " images | cut -d ' ' -f 2 ;;
  "image ls") cut -d ' ' -f 1 images ;;
esac`;

function roomWith(docker: string): ScriptRoom {
  const room = new ScriptRoom();
  room.program("docker", docker);
  room.write("images", "");
  return room;
}

describe("from the registry", () => {
  test("pulls each source, gives it its tag, and tells the ids as JSON", () => {
    const room = roomWith(DOCKER);
    const { status, stdout } = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: "" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      "alpine:latest": "sha256:id-of-alpine:3.22@sha256:aaa",
      "ubuntu:latest": "sha256:id-of-ubuntu:24.04@sha256:bbb",
    });
    expect(room.read("docker.calls")).not.toContain("image load");
  });

  test("fails when a pull fails, with Docker's words, and tells no JSON", () => {
    const room = roomWith('if [ "$2" = pull ]; then echo "toomanyrequests" >&2; exit 1; fi');
    const { status, stdout, stderr } = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: "" });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("pulling alpine:3.22@sha256:aaa\ntoomanyrequests\n");
  });
});

describe("from archives", () => {
  test("loads each archive and pulls nothing", () => {
    const room = roomWith(DOCKER);
    room.write("one.tar", "alpine:latest sha256:a\n");
    room.write("other one.tar", "ubuntu:latest sha256:b\n");
    const { status, stdout } = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: room.folder });
    expect([status, JSON.parse(stdout)]).toEqual([0, { "alpine:latest": "sha256:a", "ubuntu:latest": "sha256:b" }]);
    expect(room.read("docker.calls")).not.toContain("pull");
  });

  test("pulls what none of them holds, and says so", () => {
    const room = roomWith(DOCKER);
    // There already, of an older lock file perhaps: it does not count as loaded.
    room.write("images", "ubuntu:latest sha256:old\n");
    room.write("one.tar", "alpine:latest sha256:a\nbusybox:latest sha256:c\n");
    const { stdout, stderr } = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: room.folder });
    expect(stderr).toContain(
      "base images: no archive in artefacts.directory holds ubuntu:latest\npulling ubuntu:24.04@sha256:bbb\n",
    );
    expect(room.read("docker.calls")).not.toContain("pull --quiet alpine");
    expect(stdout).toContain("sha256:id-of-ubuntu:24.04@sha256:bbb");
  });

  test("pulls all when the folder has none: it may be there for Trivy", () => {
    const room = roomWith(DOCKER);
    const { status, stdout } = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: room.folder });
    expect([status, Object.keys(JSON.parse(stdout))]).toEqual([0, ["alpine:latest", "ubuntu:latest"]]);
    expect(room.read("docker.calls").match(/image pull/g)).toHaveLength(2);
  });

  test("fails when an archive cannot be loaded", () => {
    const room = roomWith('echo "unexpected EOF" >&2; exit 1');
    room.write("cut.tar", "");
    const result = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: room.folder });
    expect(result).toMatchObject({ status: 1, stdout: "", stderr: "loading cut.tar\nunexpected EOF\n" });
  });
});

describe("on a node that has them, as one made from a bake", () => {
  function provided() {
    const room = roomWith(DOCKER);
    const first = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: "" });
    room.write("docker.calls", "");
    return { room, first };
  }

  test("loads and pulls nothing, and tells the same ids", () => {
    const { room, first } = provided();
    room.write("one.tar", "alpine:latest sha256:a\n");
    const second = room.run(SCRIPT, { LAB_BASE_IMAGES: IMAGES, LAB_ARTEFACT_DIRECTORY: room.folder });
    expect(second).toMatchObject({ status: 0, stdout: first.stdout });
    expect(room.read("docker.calls")).not.toMatch(/load|pull|tag/);
  });

  test.each([
    ["its source is another one now", (room: ScriptRoom) => room, IMAGES.replace("bbb", "ccc")],
    ["its tag is another image", (room: ScriptRoom) => room.write("images", "alpine:latest sha256:x\n"), IMAGES],
    ["it was removed", (room: ScriptRoom) => room.write("images", ""), IMAGES],
  ])("provides all anew when of one %s", (_, change, images) => {
    const { room } = provided();
    change(room);
    const { status } = room.run(SCRIPT, { LAB_BASE_IMAGES: images, LAB_ARTEFACT_DIRECTORY: "" });
    expect(status).toBe(0);
    expect(room.read("docker.calls").match(/image pull/g)).toHaveLength(2);
  });
});

test("the record is where a bake keeps it", () => {
  expect(TEXT).toContain(RECORD);
});

test.each([
  [{ LAB_ARTEFACT_DIRECTORY: "" }],
  [{ LAB_BASE_IMAGES: IMAGES }],
  [{ LAB_BASE_IMAGES: "", LAB_ARTEFACT_DIRECTORY: "" }],
])("pulls nothing when it is not told all: %j", (variables) => {
  const room = roomWith(DOCKER);
  const { status, stdout } = room.run(SCRIPT, variables);
  expect([status === 0, stdout, room.read("docker.calls")]).toEqual([false, "", ""]);
});
