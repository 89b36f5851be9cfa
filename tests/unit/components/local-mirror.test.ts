import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { bridgeAddress, findLocalMirror, mirrorUrl } from "../../../components/machines/local/mirror";
import { parseConfig } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";

/** An address of this machine beside 127.0.0.1, as a container network's is. */
const BRIDGE = "127.0.0.2";

function configOf(images: Record<string, unknown>): LabConfig {
  const parsed = parseConfig({ images: { ...images } as never });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  return parsed.config;
}

async function engineWith(containers: readonly unknown[], networks: readonly object[] = [{ Gateway: BRIDGE }]) {
  const { host } = await engineDouble({
    "/networks/bridge": { IPAM: { Config: networks } },
    "/containers/json": containers,
  });
  return { ...SOME_ENGINE, host };
}

/** A port of the bridge's address that somebody listens on while the test runs. */
async function heldPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, BRIDGE, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function mirrorOf(stack: string, port: number) {
  return { Id: "c0ffee", Names: [`/lab-${stack}-mirror`], Ports: [{ PublicPort: port, Type: "tcp" }] };
}

test.each([[undefined], ["https://mirror.example"]])(
  "images.mirror %s needs none of the class's own",
  async (mirror) => {
    expect(await findLocalMirror(configOf({ mirror }), SOME_ENGINE)).toEqual({ mirror: undefined, problems: [] });
  },
);

test("listens where the Engine's machine is in the network of its containers", async () => {
  const engine = await engineWith([], [{ Gateway: "fd00::1" }, { Gateway: BRIDGE }]);
  const port = await freePort();
  const { mirror, problems } = await findLocalMirror(configOf({ mirror: "class", mirrorPort: port }), engine);
  expect(problems).toEqual([]);
  expect(mirror).toEqual({ address: BRIDGE, port, of: "https://registry-1.docker.io" });
  expect(mirror && mirrorUrl(mirror)).toBe(`http://${BRIDGE}:${port}`);
});

test.each([
  ["172.17.0.0/16", "172.17.0.1"],
  ["10.201.7.128/25", "10.201.7.129"],
])("knows the address in %s although the Engine, started once alone, does not tell it", async (subnet, address) => {
  const engine = await engineWith([], [{ Subnet: "fd00::/80" }, { Subnet: subnet }]);
  expect(await bridgeAddress(engine)).toBe(address);
});

test("a port that another program or another class has is refused, with the next one", async () => {
  const port = await heldPort();
  const images = { mirror: "class", mirrorPort: port };
  const advice = `set another one: pulumi config set --path images.mirrorPort ${port + 1}`;
  expect((await findLocalMirror(configOf(images), await engineWith([]))).problems).toEqual([
    `images.mirrorPort: port ${port} on ${BRIDGE} is in use; ${advice}`,
  ]);
  expect((await findLocalMirror(configOf(images), await engineWith([mirrorOf("autumn", port)]))).problems).toEqual([
    `images.mirrorPort: port ${port} on ${BRIDGE} is in use by the container lab-autumn-mirror; ${advice}`,
  ]);
});

test("a port that the class's own mirror has is good", async () => {
  const port = await heldPort();
  const engine = await engineWith([mirrorOf("stack", port)]);
  expect((await findLocalMirror(configOf({ mirror: "class", mirrorPort: port }), engine)).problems).toEqual([]);
});

test("a port that another container has too, at another address, is good", async () => {
  const port = await heldPort();
  const engine = await engineWith([mirrorOf("autumn", port), mirrorOf("stack", port)]);
  expect((await findLocalMirror(configOf({ mirror: "class", mirrorPort: port }), engine)).problems).toEqual([]);
});

test("an Engine without that network is told to name a mirror", async () => {
  const { mirror, problems } = await findLocalMirror(
    configOf({ mirror: "class" }),
    await engineWith([], [{}, { Subnet: "fd00::/80" }]),
  );
  expect(mirror).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining('set images.mirror to a mirror\'s URL instead of "class"')]);
});
