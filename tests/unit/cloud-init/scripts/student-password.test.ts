import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/student-password.sh", "utf8");

/** A node with programs that remember what they were told. `groups` are those of student. */
function room(groups: string): ScriptRoom {
  const made = new ScriptRoom();
  made.program("id", `echo '${groups}'`);
  made.program("chpasswd", `cat >> '${made.path("chpasswd.input")}'`);
  for (const name of ["groupadd", "usermod", "gpasswd"]) {
    made.program(name, "");
  }
  return made;
}

/** Runs it as the login shell of root does: the script is the command, the password its input. */
function run({ folder }: ScriptRoom, input: string) {
  const environment = { PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: folder };
  return spawnSync("bash", ["-c", SCRIPT], { input, env: environment, encoding: "utf8" });
}

test("gives student the password by standard input, and the group after it", () => {
  const node = room("student docker sudo");
  expect(run(node, "abcd-efgh-2345")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(node.read("chpasswd.input")).toBe("student:abcd-efgh-2345\n");
  expect(node.read("chpasswd.calls")).toBe("\n");
  expect(node.read("groupadd.calls")).toBe("--force --system password-login\n");
  expect(node.read("usermod.calls")).toBe("--append --groups password-login student\n");
});

test("opens no login by password where the password could not be set", () => {
  const node = room("student docker sudo");
  node.program("chpasswd", "cat > /dev/null; exit 1");
  expect(run(node, "abcd-efgh-2345").status).not.toBe(0);
  expect(node.read("usermod.calls")).toBe("");
});

test("without a password takes both away", () => {
  const node = room("student docker password-login sudo");
  expect(run(node, "")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(node.read("gpasswd.calls")).toBe("--delete student password-login\n");
  expect(node.read("usermod.calls")).toBe("--password ! student\n");
  expect(node.read("chpasswd.calls")).toBe("");
});

test("without a password is content where there never was one", () => {
  const node = room("student docker sudo");
  expect(run(node, "").status).toBe(0);
  expect(node.read("gpasswd.calls")).toBe("");
});
