import { describe, expect, it } from "vitest";
import { container } from "../../../../airgap/plugins/docker/container/resource";
import { UNFINISHED } from "../../../../airgap/plugins/docker/container/schema";
import { PartialFailure, type PropertyMap } from "../../../../airgap/plugins/framework/provider";
import { context, EXITED, FakeEngine, REMOVAL, RUNNING, refusal } from "./docker-fake-engine";

const NODE: PropertyMap = { name: "node1", image: "node:1" };

describe("create", () => {
  it("puts files in before it starts the container", async () => {
    const fake = new FakeEngine();
    const uploads = [{ file: "/a", content: "b" }];
    const made = await container.create(fake.engine, { ...NODE, uploads }, context());
    expect(made).toMatchObject({ id: "abc", properties: { name: "node1", mustRun: true, uploads } });
    expect(fake.requests.slice(0, 3)).toEqual([
      "POST /containers/create?name=node1",
      "PUT /containers/abc/archive?path=%2F",
      "POST /containers/abc/start",
    ]);
  });

  it("joins networks before it starts the container, and leaves the default one", async () => {
    const fake = new FakeEngine(RUNNING, {
      "POST /networks/bridge/disconnect": [refusal("abc is not connected to network bridge", 404)],
    });
    await container.create(fake.engine, { ...NODE, networksAdvanced: [{ name: "lab" }] }, context());
    expect(fake.requests.slice(1, 4)).toEqual([
      "POST /networks/bridge/disconnect",
      "POST /networks/lab/connect",
      "POST /containers/abc/start",
    ]);
  });

  it("does not start a container that shall only be made", async () => {
    const fake = new FakeEngine();
    await container.create(fake.engine, { ...NODE, start: false }, context());
    expect(fake.requests).not.toContain("POST /containers/abc/start");
  });

  it("keeps in the state what was made but did not start, so that it can be removed", async () => {
    const fake = new FakeEngine(RUNNING, { "POST /containers/abc/start": [refusal("port is already allocated", 500)] });
    const failure = await container.create(fake.engine, NODE, context()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({
      message: "Unable to start container: port is already allocated",
      state: { id: "abc", properties: { name: "node1", [UNFINISHED]: "port is already allocated" } },
    });
  });

  it("keeps it as well when it was cancelled on the way", async () => {
    const failure = container.create(new FakeEngine().engine, NODE, context(AbortSignal.abort(new Error("cancelled"))));
    await expect(failure).rejects.toMatchObject({ state: { id: "abc" }, message: expect.stringMatching(/cancelled/) });
  });

  it("removes what ended at once, and tells its last words", async () => {
    const fake = new FakeEngine(EXITED);
    const failure = await container.create(fake.engine, NODE, context()).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(PartialFailure);
    expect(String(failure)).toMatch(
      /container exited immediately, with exit code 3; its last lines:\nsystemd: no cgroup/,
    );
    expect(fake.requests).toContain(REMOVAL);
  });

  it("leaves alone what may end", async () => {
    const fake = new FakeEngine(EXITED);
    const made = await container.create(fake.engine, { ...NODE, mustRun: false }, context());
    expect(made.properties).toMatchObject({ exitCode: 3 });
    expect(fake.requests).not.toContain(REMOVAL);
  });

  it("says what to do about a missing image", async () => {
    const missing = { "POST /containers/create?name=node1": [refusal("No such image: node:1", 404)] };
    const failure = container.create(new FakeEngine(RUNNING, missing).engine, NODE, context());
    await expect(failure).rejects.toThrow(/image node:1: No such image: node:1; load or build it first/);
  });

  it("says what is missing when health is waited for and never told", async () => {
    const failure = container.create(new FakeEngine().engine, { ...NODE, wait: true }, context());
    await expect(failure).rejects.toThrow(/no health check; give its image a HEALTHCHECK/);
  });
});

describe("read", () => {
  const old = { id: "abc", properties: { ...NODE, mustRun: true }, inputs: NODE };

  it("drops a container that is gone", async () => {
    expect(await container.read(new FakeEngine().engine, old, context())).toBeUndefined();
  });

  it("removes and drops one that has to run but does not, and says so", async () => {
    const fake = new FakeEngine();
    fake.state = EXITED;
    const around = context();
    expect(await container.read(fake.engine, old, around)).toBeUndefined();
    expect(fake.requests).toContain(REMOVAL);
    expect(around.lines).toEqual([expect.stringMatching(/^warning: container node1 does not run; it is removed/)]);
  });

  it("keeps one that need not run", async () => {
    const fake = new FakeEngine();
    fake.state = EXITED;
    const kept = await container.read(fake.engine, { ...old, properties: { ...NODE, mustRun: false } }, context());
    expect(kept).toMatchObject({ id: "abc", properties: { exitCode: 3 }, inputs: NODE });
  });
});

describe("update", () => {
  const old = { id: "abc", properties: { ...NODE, restart: "no" } };

  it("asks the Engine for what it can change", async () => {
    const fake = new FakeEngine();
    fake.state = RUNNING;
    const properties = await container.update?.(fake.engine, old, { ...NODE, restart: "always" }, context());
    expect(fake.requests).toEqual(["POST /containers/abc/update"]);
    expect(properties).toMatchObject({ restart: "always" });
  });

  it("leaves the Engine alone for what concerns only us, and says what has to wait", async () => {
    const fake = new FakeEngine();
    const around = context();
    await container.update?.(fake.engine, old, { ...NODE, destroyGraceSeconds: 5, tmpfs: { "/run": "" } }, around);
    expect(fake.requests).toEqual([]);
    expect(around.lines).toEqual([expect.stringMatching(/^warning: tmpfs cannot change/)]);
  });
});

describe("delete", () => {
  const remove = (fake: FakeEngine, properties: PropertyMap) =>
    container.delete(fake.engine, { id: "abc", properties }, context());

  it("removes the container by force, with its anonymous volumes", async () => {
    const fake = new FakeEngine();
    fake.state = RUNNING;
    await remove(fake, NODE);
    expect(fake.requests[0]).toBe(REMOVAL);
    expect(fake.state).toBeUndefined();
  });

  it("gives it time to wind up, and keeps volumes, when asked", async () => {
    const fake = new FakeEngine();
    fake.state = RUNNING;
    await remove(fake, { ...NODE, destroyGraceSeconds: 5, removeVolumes: false });
    expect(fake.requests.slice(0, 2)).toEqual(["POST /containers/abc/stop?t=5", "DELETE /containers/abc?force=1&v=0"]);
  });

  it("is content when it is gone already", async () => {
    await expect(remove(new FakeEngine(), { ...NODE, destroyGraceSeconds: 5 })).resolves.toBeUndefined();
  });

  it("waits while somebody else removes it", async () => {
    const fake = new FakeEngine(RUNNING, {
      [REMOVAL]: [refusal("removal of container abc is already in progress", 409)],
    });
    fake.state = RUNNING;
    await remove(fake, NODE);
    expect(fake.requests.filter((request) => request === REMOVAL)).toHaveLength(2);
  });

  it("tells every other trouble", async () => {
    const fake = new FakeEngine(RUNNING, { [REMOVAL]: [refusal("bad parameter", 400)] });
    fake.state = RUNNING;
    await expect(remove(fake, NODE)).rejects.toThrow("bad parameter");
  });
});
