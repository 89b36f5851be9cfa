import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, filesUnder, nodesOf, onNode } from "../support/lab-facts";
import { clientFile, imageNames, startRegistry, startRegistryWithLogin } from "../support/registries";

/** One lab that goes from building on its node to registries that are there, good ones and others. */
describe("a class whose images come through a registry that is there", () => {
  let lab: LabClone;
  let registryImage: string;
  let home: string;

  beforeAll(async () => {
    lab = await makeLabClone();
    home = mkdtempSync(join(tmpdir(), "lab-docker-config-"));
    lab.environment["DOCKER_CONFIG"] = home;
    expectSuccess(await lab.lab("up", "--ssh-port", String(lab.sshPort), "--no-verify"));
  });
  afterAll(async () => {
    rmSync(home, { recursive: true });
    await lab.remove();
    // A registry that a class has left keeps its names on the Engine: `lab down` knows of the last one alone.
    for (const name of (await imageNames(lab, "127.0.0.1:")).filter((each) => each.includes(`:${lab.stack}-`))) {
      await lab.docker.getImage(name).remove();
    }
  });

  async function upWith(settings: Readonly<Record<string, string>>): Promise<CommandResult> {
    for (const [name, value] of Object.entries(settings)) {
      expectSuccess(await lab.pulumi("config", "set", "--path", name, value));
    }
    return lab.lab("up", "--no-verify");
  }

  test("a class that built its images goes over to its own registry on the same machine", async () => {
    const nodes = await nodesOf(lab);
    const port = String(lab.sshPort + 4);
    const up = expectSuccess(
      await upWith({
        "images.delivery": "registry",
        "images.registryPort": port,
        "images.registryPullPort": String(lab.sshPort + 3),
      }),
    );
    expect(up.stdout).toMatch(/ figlet:latest, hello:v0\.1, hello:v0\.2$/m);
    expect(await nodesOf(lab)).toEqual(expect.arrayContaining(nodes));
    const container = lab.docker.getContainer(`lab-${lab.stack}-registry`);
    registryImage = (await container.inspect()).Config.Image;
  });

  test("one that asks for a login is told so, first by who pushes, then by the node", async () => {
    const registry = await startRegistryWithLogin(lab, registryImage);
    const pushed = await upWith({ "images.registry": registry.address });
    expect(pushed.exitCode).toBe(1);
    expect(pushed.stderr).toContain(
      `There is no login for ${registry.address} on this machine. Run: docker login ${registry.address}`,
    );

    writeFileSync(join(home, "config.json"), clientFile(registry.address), { mode: 0o600 });
    const pulled = await lab.lab("up", "--no-verify");
    expect(pulled.exitCode).toBe(1);
    expect(pulled.stderr).toContain("The registry asks nodes for a login, and they have none");
    const state = expectSuccess(await lab.pulumi("stack", "export", "--show-secrets")).stdout;
    const files = filesUnder(join(lab.directory, ".lab")).map((file) => readFileSync(file, "latin1"));
    const login = JSON.parse(clientFile("a")).auths.a.auth as string;
    const written = [pulled.stdout, pulled.stderr, state, ...files];
    expect(written.filter((text) => text.includes("class-secret") || text.includes(login))).toEqual([]);
    await lab.docker.getContainer(registry.containerId).remove({ force: true });
  });

  test("one that does not is used, and `lab down` leaves no names of it on the Engine", async () => {
    const registry = await startRegistry(lab, registryImage);
    expectSuccess(await upWith({ "images.registry": `${registry.address}/class` }));
    expect(await onNode(lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    await lab.docker.getContainer(registry.containerId).remove({ force: true });

    expect(await imageNames(lab, `${registry.address}/`)).not.toEqual([]);
    expectSuccess(await lab.lab("down"));
    expect(await imageNames(lab, `${registry.address}/`)).toEqual([]);
  });
});
