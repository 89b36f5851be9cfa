import * as pulumi from "@pulumi/pulumi";
import { expect, onTestFinished, test, vi } from "vitest";
import { usableBake } from "../../../components/machines/local/open";
import { parseConfig } from "../../../config/parse";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";

const BAKE = "0123456789ab";

/** The warnings about a bake that the Engine does not have. */
async function warningsWith(docker: Record<string, unknown>): Promise<string[]> {
  const parsed = parseConfig({ docker, local: { bake: BAKE } });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  onTestFinished(() => warn.mockRestore());
  const { host } = await engineDouble({ "/containers/json": [] });
  expect(await usableBake(parsed.config, { ...SOME_ENGINE, host })).toBeUndefined();
  return warn.mock.calls.map(([message]) => message.replace(host, "HOST"));
}

const UNFIT = `local.bake: the Docker Engine has no bake ${BAKE}; creating nodes on HOST without a bake`;

test("a class on one Engine is told how to create a bake that fits", async () => {
  expect(await warningsWith({})).toEqual([`${UNFIT}; run ./lab bake to create a new one`]);
});

test("a class on several Docker hosts is not: its bakes are copied by lab up", async () => {
  expect(await warningsWith({ hosts: "unix:///run/some.sock,ssh://lab@server1" })).toEqual([UNFIT]);
});
