import { expect, test } from "vitest";
import { ownRegistryProblems } from "../../components/registry/open-delivery";
import { heldPort } from "./cli-support";
import { engineDouble } from "./docker-engine-double";

function registryOf(stack: string, port: number) {
  return { Id: "c0ffee", Names: [`/lab-${stack}-registry`], Ports: [{ PublicPort: port, Type: "tcp" }] };
}

test("a port that something else holds is refused, with the next one", async () => {
  const port = await heldPort();
  const engine = await engineDouble({ "/containers/json": [registryOf("autumn", port)] });
  expect(await ownRegistryProblems(engine, port, "spring")).toEqual([
    `images.registryPort: port ${port} on 127.0.0.1 is in use; take another one: pulumi config set --path images.registryPort ${port + 1}`,
  ]);
});

test("a port that the class's own registry holds is good", async () => {
  const port = await heldPort();
  const engine = await engineDouble({ "/containers/json": [registryOf("spring", port)] });
  expect(await ownRegistryProblems(engine, port, "spring")).toEqual([]);
});

test("an Engine on another machine needs a registry that is there", async () => {
  const [problem] = await ownRegistryProblems({ host: "ssh://ana@server" }, 5001, "spring");
  expect(problem).toMatch(/^images\.registry: must be set for the Docker Engine at ssh:\/\/ana@server/);
});
