import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../../adapters/files/own-machine";
import { checkConnection } from "../../../../airgap/plugins/command/connection";
import { remoteCommand } from "../../../../airgap/plugins/command/remote";
import { type PropertyMap, UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { generateKey } from "../../../../airgap/plugins/tls/keys";
import { testContext } from "./command-context";
import { startSshServer, type TestSshServer } from "./ssh-server";

let server: TestSshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.close());

function connection(changes: PropertyMap = {}): PropertyMap {
  const { port, hostKey, clientKey } = server;
  const known = { host: "127.0.0.1", port, privateKey: clientKey.privateKeyOpenssh, hostKey: hostKey.publicKeyOpenssh };
  return { ...known, dialErrorLimit: 0, ...changes };
}

const create = (inputs: PropertyMap, context = testContext()) =>
  remoteCommand.create(undefined, { connection: connection(), ...inputs }, context);

describe("command.remote.Command", () => {
  it("runs create with environment and standard input, and gives both streams", async () => {
    const context = testContext();
    const inputs = { create: 'echo "$LAB_A-$(cat)"; echo oops >&2', environment: { LAB_A: "1\n2" }, stdin: "in" };
    const created = await create(inputs, context);
    expect(created.properties).toMatchObject({ stdout: "1\n2-in", stderr: "oops" });
    expect([...context.lines].sort()).toEqual(["1", "2-in", "oops"]);
  });

  it("fails with status, command and everything that was written, in the official form", async () => {
    const failing = create({ create: 'echo "out"; exit 3' });
    await expect(failing).rejects.toThrow('Process exited with status 3: running "echo \\"out\\"; exit 3":\nout\n');
  });

  it("says which signal ended the command", async () => {
    await expect(create({ create: "kill -KILL $$" })).rejects.toThrow(
      /^Process exited with status 137 from signal KILL: /,
    );
  });

  it("does not run a command whose environment the server refuses", async () => {
    const context = testContext();
    const running = create({ create: "echo ran", environment: { OTHER: "1" } }, context);
    await expect(running).rejects.toThrow(/could not set environment variable "OTHER".*AcceptEnv/);
    expect(context.lines).toEqual([]);
  });

  it("only warns when the server refuses the output of the run before", async () => {
    const context = testContext();
    const old = { id: "x", properties: { stdout: "before" } };
    const inputs = { connection: connection(), update: "echo updated" };
    expect((await remoteCommand.update?.(undefined, old, inputs, context))?.["stdout"]).toBe("updated");
    expect(context.lines[0]).toMatch(/^warning: could not set environment variable "PULUMI_COMMAND_STDOUT"/);
  });

  it("hangs up at once when cancelled", async () => {
    const context = testContext();
    const running = create({ create: "echo started; exec sleep 30" }, context);
    await expect.poll(() => context.lines).toEqual(["started"]);
    context.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    await expect.poll(() => server.connections()).toBe(0);
  });
});

describe("dialling", () => {
  it("tries again while the machine refuses, and says so", async () => {
    server.refuseNext(2);
    const context = testContext();
    const created = await create({ create: "echo in", connection: connection({ dialErrorLimit: 2 }) }, context);
    expect(created.properties["stdout"]).toBe("in");
    expect(context.lines.slice(0, 2).map((line) => line.slice(0, 31))).toEqual([
      "Dial 1/2 failed: retrying (All ",
      "Dial 2/2 failed: retrying (All ",
    ]);
  });

  it("gives up after dialErrorLimit failures, naming machine and reason", async () => {
    const port = await freePort();
    const running = create({ create: "true", connection: connection({ port, dialErrorLimit: 1 }) });
    await expect(running).rejects.toThrow(
      new RegExp(`^ssh root@127.0.0.1:${port}: after 1 failed attempts: .*ECONNREFUSED`),
    );
  });

  it("takes a server with another host key for another machine: one dial, no command", async () => {
    const other = await generateKey({ algorithm: "ED25519", rsaBits: 0, ecdsaCurve: "P224" });
    const before = server.dials();
    const hostKey = other.publicKeyOpenssh;
    const running = create({ create: "true", connection: connection({ hostKey, dialErrorLimit: 5 }) });
    await expect(running).rejects.toThrow(/host key is not the one in connection.hostKey/);
    expect(server.dials()).toBe(before + 1);
  });

  it("takes a server without a key of the pinned type for another machine, too", async () => {
    const rsa = await generateKey({ algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P224" });
    const running = create({
      create: "true",
      connection: connection({ hostKey: rsa.publicKeyOpenssh, dialErrorLimit: 5 }),
    });
    await expect(running).rejects.toThrow(/host key is not the one in connection.hostKey/);
  });

  it("refuses keys it cannot read before it dials", async () => {
    const before = server.dials();
    await expect(create({ create: "true", connection: connection({ privateKey: "junk" }) })).rejects.toThrow(
      /connection.privateKey cannot be read/,
    );
    await expect(create({ create: "true", connection: connection({ hostKey: "junk" }) })).rejects.toThrow(
      /connection.hostKey is not a public key/,
    );
    expect(server.dials()).toBe(before);
  });

  it("stops at once when cancelled between attempts", async () => {
    const context = testContext();
    const running = create(
      { create: "true", connection: connection({ port: await freePort(), dialErrorLimit: -1 }) },
      context,
    );
    await expect.poll(() => context.lines.length).toBeGreaterThan(1);
    expect(context.lines[0]).toMatch(/^Dial 1\/inf failed/);
    context.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow(/^cancelled$/);
  });
});

describe("the input connection", () => {
  const properties = (value: PropertyMap) => checkConnection(value).failures.map(({ property }) => property);

  it("gets the official defaults", () => {
    expect(checkConnection({ connection: { host: "h" } }).inputs["connection"]).toEqual({
      host: "h",
      port: 22,
      user: "root",
      dialErrorLimit: 10,
      perDialTimeout: 15,
    });
  });

  it("must name a machine and a port, once they are known", () => {
    expect(properties({})).toEqual(["connection"]);
    expect(properties({ connection: { port: 0 } })).toEqual(["connection.host", "connection.port"]);
    expect(properties({ connection: UNKNOWN })).toEqual([]);
    expect(properties({ connection: { host: UNKNOWN, port: UNKNOWN } })).toEqual([]);
  });

  it("refuses a proxy by name", () => {
    expect(properties({ connection: { host: "h", proxy: { host: "p" } } })).toEqual(["connection.proxy"]);
  });
});
