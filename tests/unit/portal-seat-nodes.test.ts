import type { AddressInfo } from "node:net";
import { type Connection, Server, utils } from "ssh2";
import { expect, onTestFinished, test, vi } from "vitest";
import { SeatNodes } from "../../portal/server/seat-nodes";

const KEY = utils.generateKeyPairSync("ed25519");

/** A node that lets everybody in and runs nothing, as one does that is shutting down. */
async function startDeafNode() {
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [KEY.private] }, (connection) => {
    connections.add(connection);
    connection.on("error", () => {});
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (login) => login.accept());
    connection.on("session", (_accept, reject) => reject());
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections };
}

test("no connection stays to a node that lets us in and runs nothing", async () => {
  const { port, connections } = await startDeafNode();
  const address = { host: "127.0.0.1", port, user: "student", privateKey: KEY.private, hostKey: KEY.public };
  const nodes = new SeatNodes({ address: () => address, look: async () => {} });
  await expect(nodes.node("seat01")).rejects.toThrow();
  expect(nodes.isConnected("seat01")).toBe(false);
  await vi.waitUntil(() => connections.size === 0, { timeout: 5000 });
});
