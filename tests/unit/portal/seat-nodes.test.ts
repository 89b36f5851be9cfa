import type { AddressInfo } from "node:net";
import { type Connection, Server, type ServerChannel, utils } from "ssh2";
import { expect, onTestFinished, test, vi } from "vitest";
import { SeatNodes } from "../../../portal/server/seat-nodes";

const KEY = utils.generateKeyPairSync("ed25519");
const SECONDS = 1000;
const ID = "5e".repeat(16);

/** What a node does when somebody who has been let in wants to run something. */
type OnCommand = (accept: () => ServerChannel, refuse: () => boolean) => void;

/** As a node that is shutting down does. */
const runsNothing: OnCommand = (_accept, refuse) => refuse();
const saysWhoItIs: OnCommand = (accept) => {
  const channel = accept();
  channel.write(`${ID}\n`);
  channel.exit(0);
  channel.end();
};

/** A node that lets everybody in. */
async function startNode(onCommand: OnCommand) {
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [KEY.private] }, (connection) => {
    connections.add(connection);
    connection.on("error", () => {});
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (login) => login.accept());
    connection.on("session", (accept) => accept().on("exec", onCommand));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const address = { host: "127.0.0.1", port, user: "student", privateKey: KEY.private, hostKey: KEY.public };
  const noConnection = () => vi.waitUntil(() => connections.size === 0, { timeout: 5 * SECONDS });
  return { nodes: new SeatNodes({ address: () => address, refresh: async () => {} }), connections, noConnection };
}

test("no connection stays to a node that lets us in and runs nothing", async () => {
  const { nodes, noConnection } = await startNode(runsNothing);
  await expect(nodes.node("seat01")).rejects.toThrow();
  expect(nodes.isConnected("seat01")).toBe(false);
  await noConnection();
});

test("closed, there are no connections any more, and none is made for who asks still", async () => {
  const { nodes, connections, noConnection } = await startNode(saysWhoItIs);
  expect(await nodes.node("seat01")).toMatchObject({ machine: ID });
  expect(connections.size).toBe(1);
  await nodes.close();
  await noConnection();
  await expect(nodes.node("seat01")).rejects.toThrow("The portal is closing.");
  expect(connections.size).toBe(0);
});

test("closed while a node is asked that says nothing, it is not waited for", async () => {
  const asked = vi.fn();
  const { nodes, noConnection } = await startNode(asked);
  const wanted = expect(nodes.node("seat01")).rejects.toThrow("The portal is closing.");
  await vi.waitUntil(() => asked.mock.calls.length > 0, { timeout: 5 * SECONDS });
  await nodes.close();
  await wanted;
  await noConnection();
}, 8000);

test.for([
  ["text", "another machine\n"],
  ["nothing", ""],
  ["an id with more after it", `${ID}\n${ID}\n`],
  ["capital letters", `${ID.toUpperCase()}\n`],
  ["50 MB of digits", "5e".repeat(25_000_000)],
] as const)("a machine id that is %s is not kept as it is", async ([, text]) => {
  const { nodes } = await startNode((accept) => {
    const channel = accept();
    channel.write(text);
    channel.exit(0);
    channel.end();
  });
  onTestFinished(() => nodes.close());
  expect((await nodes.node("seat01")).machine).toBe("no valid machine id");
});
