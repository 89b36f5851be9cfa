import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/restart-unresponsive-docker.sh", "utf8");

/** What the script says on a node whose Docker Engine answers as curl says, and starts again as systemctl says. */
function wake({ curl, systemctl = ":" }: { curl: number; systemctl?: string }) {
  const room = new ScriptRoom();
  room.program("curl", `tar --list > asked\nexit ${curl}`);
  room.program("systemctl", systemctl);
  const { status, stdout, stderr } = room.run(SCRIPT, {});
  expect([status, stderr]).toEqual([0, ""]);
  return {
    said: stdout.trim(),
    asked: room.read("asked"),
    curl: room.read("curl.calls"),
    did: room.read("systemctl.calls"),
  };
}

test("an Engine that answers is asked for a build, in its time, and left alone", () => {
  const { said, asked, curl, did } = wake({ curl: 0 });
  expect([said, did]).toEqual(["", ""]);
  expect(asked).toBe("Dockerfile\n");
  expect(curl).toMatch(/--max-time 60 --unix-socket \/var\/run\/docker\.sock .*\/build\?version=2$/m);
});

test("an Engine that does not run is somebody else's to start", () => {
  expect(wake({ curl: 7 })).toMatchObject({ said: "", did: "" });
});

test("an Engine that gives no answer is restarted, and that is said", () => {
  expect(wake({ curl: 28 })).toMatchObject({
    said: "its Docker Engine gave no answer for 60 s; it is restarted",
    did: "restart docker.service\n",
  });
});

test("one that does not start again is told with systemd's words on one line", () => {
  const systemctl = "printf 'Job failed.\\nSee journalctl.\\n' >&2; exit 1";
  expect(wake({ curl: 28, systemctl }).said).toBe(
    "its Docker Engine gave no answer for 60 s, and does not start again: Job failed. See journalctl.",
  );
});
