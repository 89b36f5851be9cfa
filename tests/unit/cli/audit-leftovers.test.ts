import { expect, test } from "vitest";
import { findLeftovers } from "../../../cli/workflows/audit/leftovers";
import { engineDouble } from "../adapters/docker/engine-double";

test("names what is left, with the command that removes it", async () => {
  const engine = await engineDouble({
    "/containers/json": [
      { Id: "c0ffee", Names: ["/spring-seat01"] },
      { Id: "decade", Names: [] },
    ],
    "/volumes": { Volumes: [{ Name: "spring-seat01-docker" }] },
    "/networks": [{ Name: "spring" }],
  });
  expect(await findLeftovers(engine.host, "spring")).toEqual([
    { what: "the container spring-seat01", remove: "docker rm --force --volumes spring-seat01" },
    { what: "the container decade", remove: "docker rm --force --volumes decade" },
    { what: "the volume spring-seat01-docker", remove: "docker volume rm spring-seat01-docker" },
    { what: "the network spring", remove: "docker network rm spring" },
  ]);
});

test("asks for this stack's things alone, and for stopped containers too", async () => {
  const engine = await engineDouble({ "/containers/json": [], "/volumes": { Volumes: null }, "/networks": [] });
  expect(await findLeftovers(engine.host, "spring")).toEqual([]);
  const filter = 'filters={"label":["lab-nodes.stack=spring"]}';
  expect([...engine.requests].sort()).toEqual([
    `GET /containers/json?all=true&${filter}`,
    `GET /networks?${filter}`,
    `GET /volumes?${filter}`,
  ]);
});

test("does not take an Engine that fails for one where nothing is left", async () => {
  const engine = await engineDouble({ "/containers/json": [], "/networks": [] });
  await expect(findLeftovers(engine.host, "spring")).rejects.toThrow("no such thing: /volumes");
});
