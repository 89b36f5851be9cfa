import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { Classroom } from "../../components/classroom";
import { trivyInstallation } from "../../components/installations";
import { amongHosts, HostsTarget } from "../../components/machines/docker-hosts/target";
import { LocalTarget } from "../../components/machines/local/target";
import { inventory, MODES, type Mode, type RecordedResource, recordResources } from "../support/mocks";
import { SOME_ENGINE } from "../unit/adapters/docker/engine-double";

/** Before anything is imported: files that components read when they are loaded are read from another folder, too. */
const PROJECT = vi.hoisted(() => {
  const project = process.cwd();
  process.chdir("/");
  return project;
});
const OTHER_PROGRAM = mkdtempSync(join(tmpdir(), "program-"));
const SERVER = "ssh://lab@server1";
const HERE = "unix:///run/some.sock";

afterAll(() => process.chdir(PROJECT));

/** Two classes of a program in a folder, which between them have everything that reads a file of this project. */
function classesIn(folder: string, mode: Mode): Promise<RecordedResource[]> {
  process.chdir(folder);
  const common = { baseImage: "debian:test", artefactDirectory: "/artefacts", expiry: undefined, bake: undefined };
  const expiry = { seconds: 3600 };
  const extension = "2096-12-01T20:00:00Z";
  return recordResources(mode, () => {
    const single = new LocalTarget({
      ...common,
      engine: SOME_ENGINE,
      sshPort: 2201,
      mirror: { address: "172.17.0.1", port: 5002, of: "https://registry-1.docker.io" },
    });
    const onHost = (host: string) => ({
      ...common,
      engine: { ...SOME_ENGINE, host },
      sshPort: 2301,
      among: amongHosts(host, { stack: "test", publish: "loopback", state: "answers" }),
    });
    const several = new HostsTarget([onHost(SERVER), onHost(HERE)], { seat01: SERVER, seat02: HERE });
    const classOf = (target: typeof single | typeof several) => ({
      target,
      seats: 2,
      spares: 0,
      moved: {},
      docker: { package: "distribution" } as const,
      trivy: trivyInstallation({ database: "registry" }, target.machines),
      imageBase: "debian" as const,
      passwords: "generated" as const,
      expiry,
      extension,
    });
    new Classroom("pulling", {
      ...classOf(single),
      portal: { service: { port: 8443, publishedAs: 8444 }, expiry, extension },
      delivery: {
        engineHost: HERE,
        debian: "debian:test",
        registry: { kind: "own", ports: { push: 5001, pull: 5003 }, platform: "linux/amd64" },
      },
    });
    new Classroom("building", classOf(several));
  });
}

/** Every build context, Dockerfile and script that the plugins are to read, by the path that they are given. */
function filesForPlugins(resources: readonly RecordedResource[]): string[] {
  return resources.flatMap(({ inputs }) => {
    const build = inputs["build"] as { context: string; dockerfile: string } | undefined;
    const words = [inputs["create"], inputs["interpreter"]].flat().join(" ").split(" ");
    const scripts = words.filter((word) => /components\/files\/[\w-]+\.sh$/.test(word));
    return build === undefined ? scripts : [build.context, build.dockerfile, ...scripts];
  });
}

test.each(MODES)("a class can be made by another program in another folder, in %s mode", async (mode) => {
  const resources = await classesIn(OTHER_PROGRAM, mode);
  expect(inventory(resources)).toEqual(
    expect.arrayContaining([
      "command:remote:Command portal-extension",
      "command:remote:Command portal-ready",
      "docker:index/image:Image building-run-some.sock-node-image",
      "docker:index/image:Image pulling-images-registry-image",
      "docker:index/image:Image pulling-mirror-image",
      "docker:index/image:Image seat02-node1-hello-v0.2",
    ]),
  );
  const gate = resources.find(({ name }) => name === "seat02-node1-ready");
  expect(gate?.inputs["stdin"]).toBe(readFileSync(join(PROJECT, "cloud-init/files/gate.sh"), "utf8"));
});

test("the plugins are given paths that lead from the other program's folder to this project's files", async () => {
  const files = filesForPlugins(await classesIn(OTHER_PROGRAM, "update"));
  const names = files.map((path) => path.split("/").slice(-2).join("/"));
  expect(names).toEqual(
    expect.arrayContaining([
      "images/node",
      "node/Dockerfile",
      "images/registry",
      "hello/v0.1",
      "files/ssh-files.sh",
      "files/ssh-when-it-answers.sh",
    ]),
  );
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

test("ssh finds the folder of its shared connections in the other program's folder", async () => {
  vi.stubEnv("PULUMI_NODEJS_PROJECT", "another-program");
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  const resources = await classesIn(folder, "update");
  expect(JSON.stringify(resources)).toContain("ControlPath=.lab/hosts/%C");
  expect(statSync(join(folder, ".lab/hosts")).mode & 0o777).toBe(0o700);
});

test("in this project's own program no input says where the project is", async () => {
  const resources = await classesIn(PROJECT, "update");
  expect(JSON.stringify(resources)).not.toContain(PROJECT);
  const files = filesForPlugins(resources);
  expect(files).toEqual(expect.arrayContaining(["images/node", "components/files/ssh-when-it-answers.sh"]));
  expect(files.filter((path) => /^(?:\/|\.\.)/.test(path))).toEqual([]);
});
