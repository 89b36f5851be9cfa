import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../../adapters/files/own-machine";
import { answersSsh } from "../../../../adapters/ssh/options";

/** A server on a free port that does this with each connection; gone when the test is over. */
async function serve(onConnection: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    sockets.push(socket);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("the server has no port");
  }
  return { host: "127.0.0.1", port: address.port };
}

test("is true for a server that greets as SSH does", async () => {
  const endpoint = await serve((socket) => socket.write("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"));
  expect(await answersSsh(endpoint)).toBe(true);
});

test("is false for a port that takes connections and closes them, as Docker's proxy does", async () => {
  expect(await answersSsh(await serve((socket) => socket.end()))).toBe(false);
});

test("is false for a port that resets connections", async () => {
  expect(await answersSsh(await serve((socket) => socket.resetAndDestroy()))).toBe(false);
});

test("is false for another kind of server", async () => {
  const endpoint = await serve((socket) => socket.write("220 mail.example ESMTP\r\n"));
  expect(await answersSsh(endpoint)).toBe(false);
});

test("is false for a server of the protocol's broken first version", async () => {
  expect(await answersSsh(await serve((socket) => socket.write("SSH-1.5-old\r\n")))).toBe(false);
});

test("is false where nothing listens", async () => {
  expect(await answersSsh({ host: "127.0.0.1", port: await freePort() })).toBe(false);
});

test("is false, and in seconds, for a server that says nothing", async () => {
  const endpoint = await serve(() => undefined);
  const started = Date.now();
  expect(await answersSsh(endpoint)).toBe(false);
  expect(Date.now() - started).toBeLessThan(5000);
});

test("hangs up on the server", async () => {
  const { promise: closed, resolve } = promiseToKeep();
  const endpoint = await serve((socket) => {
    socket.once("close", resolve);
    socket.write("SSH-2.0-x\r\n");
  });
  await answersSsh(endpoint);
  await expect(closed).resolves.toBeUndefined();
});

function promiseToKeep(): { promise: Promise<void>; resolve(): void } {
  let keep: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    keep = resolve;
  });
  return { promise, resolve: () => keep() };
}
