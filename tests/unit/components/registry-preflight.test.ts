import { expect, test } from "vitest";
import { ownRegistryProblems } from "../../../components/delivery/open-delivery";
import { engineDouble } from "../adapters/docker/engine-double";
import { heldPort } from "../cli/support";

function registryOf(stack: string, ...ports: number[]) {
  const Ports = ports.map((PublicPort) => ({ PublicPort, Type: "tcp" }));
  return { Id: "c0ffee", Names: [`/lab-${stack}-registry`], Ports };
}

function inUse(setting: string, port: number): string {
  return `${setting}: port ${port} on 127.0.0.1 is in use; set another one: pulumi config set --path ${setting} ${port + 1}`;
}

test("ports that something else holds are refused, each with the next one", async () => {
  const [push, pull] = [await heldPort(), await heldPort()];
  const engine = await engineDouble({ "/containers/json": [registryOf("autumn", push, pull)] });
  expect(await ownRegistryProblems(engine, { push, pull }, "spring")).toEqual([
    inUse("images.registryPort", push),
    inUse("images.registryPullPort", pull),
  ]);
});

test("ports that the class's own registry holds are good, also those of one that an earlier version made", async () => {
  const [push, pull] = [await heldPort(), await heldPort()];
  const now = await engineDouble({ "/containers/json": [registryOf("spring", push, pull)] });
  expect(await ownRegistryProblems(now, { push, pull }, "spring")).toEqual([]);
  const earlier = await engineDouble({ "/containers/json": [registryOf("spring", push)] });
  expect(await ownRegistryProblems(earlier, { push, pull }, "spring")).toEqual([
    inUse("images.registryPullPort", pull),
  ]);
});

test("a port of the class's own registry is good where another container publishes the same port at another address", async () => {
  const [push, pull] = [await heldPort(), await heldPort()];
  const other = { Id: "0c0ffee", Names: ["/web"], Ports: [{ IP: "192.0.2.7", PublicPort: push, Type: "tcp" }] };
  const engine = await engineDouble({ "/containers/json": [other, registryOf("spring", push, pull)] });
  expect(await ownRegistryProblems(engine, { push, pull }, "spring")).toEqual([]);
  expect(engine.requests).toHaveLength(1);
});

test("an Engine on another machine needs a registry that is there", async () => {
  const ports = { push: 5001, pull: 5003 };
  const [problem] = await ownRegistryProblems({ host: "ssh://ana@server" }, ports, "spring");
  expect(problem).toMatch(/^images\.registry: must be set for the Docker Engine at ssh:\/\/ana@server/);
});
