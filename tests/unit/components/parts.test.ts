import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeImageName } from "../../../adapters/files/node-image";
import { hostKeyAlias, sshDirectory, sshOptions } from "../../../adapters/ssh/options";
import { dockerInstallation } from "../../../components/installations";
import { CONTAINER_RECIPES, containerRecipe } from "../../../core/container-recipe";
import lock from "../../../lab.lock.json";
import { temporaryFolder } from "../cli/support";
import { ScriptRoom } from "../cloud-init/scripts/support";

describe("dockerInstallation", () => {
  test("leaves the distribution's package to the distribution", () => {
    expect(dockerInstallation("distribution")).toEqual({ package: "distribution" });
  });

  test("has Docker's own packages in the versions that lab.lock.json pins", () => {
    expect(dockerInstallation("docker")).toEqual({ package: "docker", versions: lock.docker });
  });
});

describe("sshOptions", () => {
  const options = sshOptions("spring", "seat01-node1");
  const settings = options.flatMap((word, at) => (options[at - 1] === "-o" ? [word] : []));

  test("check the host key against our file alone, under the node's own name", () => {
    expect(settings).toEqual(
      expect.arrayContaining([
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=.lab/spring/ssh/known_hosts",
        "GlobalKnownHostsFile=/dev/null",
        `HostKeyAlias=${hostKeyAlias("spring", "seat01-node1")}`,
      ]),
    );
  });

  test("use our key alone, never ask, and read nothing of the user's own settings", () => {
    expect(options.slice(0, 4)).toEqual(["-F", "none", "-i", ".lab/spring/ssh/id_ed25519"]);
    expect(settings).toEqual(expect.arrayContaining(["IdentitiesOnly=yes", "BatchMode=yes"]));
  });

  test("keep stacks and nodes apart", () => {
    const aliases = [hostKeyAlias("spring", "node1"), hostKeyAlias("autumn", "node1"), hostKeyAlias("spring", "node2")];
    expect(new Set(aliases).size).toBe(3);
    expect(sshDirectory("spring")).not.toBe(sshDirectory("autumn"));
  });
});

describe("nodeImageName", () => {
  function contextOf(files: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text);
    }
    return folder;
  }
  const FILES = { Dockerfile: "FROM debian\n", "start.sh": "true\n" };
  const name = (files: Readonly<Record<string, string>>, base = "debian:12") => nodeImageName(base, contextOf(files));

  test("is the same for the same files, wherever they are", () => {
    expect(name(FILES)).toMatch(/^lab-nodes\/node:[0-9a-f]{12}$/);
    expect(name(Object.fromEntries(Object.entries(FILES).reverse()))).toBe(name(FILES));
  });

  test("is another one when the base image, a file's text or a file's name is another one", () => {
    const names = [
      name(FILES),
      name(FILES, "debian:13"),
      name({ ...FILES, "start.sh": "false\n" }),
      name({ ...FILES, "more.sh": "" }),
      name({ Dockerfile: FILES.Dockerfile, "go.sh": FILES["start.sh"] }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  test("is another one when a file may be run", () => {
    const context = contextOf(FILES);
    chmodSync(join(context, "start.sh"), 0o644);
    const before = nodeImageName("debian:12", context);
    chmodSync(join(context, "start.sh"), 0o755);
    expect(nodeImageName("debian:12", context)).not.toBe(before);
  });

  test("does not depend on what a clone does not keep: times, and who else may read", () => {
    const context = contextOf(FILES);
    const before = nodeImageName("debian:12", context);
    renameSync(join(context, "start.sh"), join(context, "moved"));
    renameSync(join(context, "moved"), join(context, "start.sh"));
    chmodSync(join(context, "Dockerfile"), 0o600);
    expect(nodeImageName("debian:12", context)).toBe(before);
  });

  test("is known for the context of this repository", () => {
    expect(nodeImageName("debian:12")).toMatch(/^lab-nodes\/node:[0-9a-f]{12}$/);
  });

  test("fails, rather than leave a folder out, when the context has one", () => {
    const context = contextOf(FILES);
    mkdirSync(join(context, "folder"));
    expect(() => nodeImageName("debian:12", context)).toThrow("EISDIR");
  });
});

describe.each(Object.entries(CONTAINER_RECIPES))("the container recipe for cgroup v%s", (version, recipe) => {
  test("lists capabilities as the Docker Engine gives them back, or every preview would replace the node", () => {
    expect([...recipe.capabilities].sort()).toEqual(recipe.capabilities);
    expect(recipe.capabilities.every((capability) => /^CAP_[A-Z_]+$/.test(capability))).toBe(true);
  });

  test("takes no more of the machine than nested containers need", () => {
    expect(recipe.capabilities).toEqual(["CAP_MKNOD", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]);
    expect(recipe.bindMounts.map(({ hostPath }) => hostPath)).toEqual(version === "1" ? ["/sys/fs/cgroup"] : []);
    expect(recipe.cgroupNamespace).toBe(version === "1" ? "host" : "private");
  });

  test("gives systemd its temporary file systems", () => {
    expect(Object.keys(recipe.tmpfs)).toEqual(["/run", "/run/lock", "/tmp"]);
  });
});

describe("the container recipe for an Engine with userns-remap", () => {
  const remapped = { cgroupDriver: "systemd" };

  test("differs by its command alone, and nodes on other Engines have none: with one they would be replaced", () => {
    const { command, ...rest } = containerRecipe({ cgroupVersion: 2, remapped });
    expect(rest).toEqual(CONTAINER_RECIPES[2]);
    expect(command?.join(" ")).toContain(". /usr/local/sbin/start-init");
    for (const cgroupVersion of [1, 2] as const) {
      expect(containerRecipe({ cgroupVersion })).not.toHaveProperty("command");
    }
  });

  test("starts the node as the image does, but mounts nothing", () => {
    const room = new ScriptRoom();
    const script = readFileSync("images/node/start-init", "utf8");
    expect(script).toContain("mount -o remount,rw /sys/fs/cgroup");
    room.program("mount", "exit 32");
    room.program("init", "echo started");
    const here = script
      .replace("/sys/fs/cgroup/cgroup.controllers", room.path("cgroup.controllers"))
      .replace("/sbin/init", room.path("bin/init"));
    room.write("cgroup.controllers", "");
    room.write("start-init", here);
    const [, , line = ""] = containerRecipe({ cgroupVersion: 2, remapped }).command ?? [];
    const { status, stdout } = room.run(line.replace("/usr/local/sbin/start-init", room.path("start-init")), {});
    expect([status, stdout, room.read("mount.calls")]).toEqual([0, "started\n", ""]);
    expect(room.run(`sh ${room.path("start-init")}`, {}).status).toBe(32);
  });
});
