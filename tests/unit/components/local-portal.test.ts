import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { findPortalDemand } from "../../../components/machines/local/portal";
import { engineDouble } from "../adapters/docker/engine-double";

/** An address of this machine that its interfaces do not show, as that of a container network without a running container. */
const QUIET_BRIDGE = "127.0.0.2";
/** For documentation, and so on no machine. */
const ELSEWHERE = "192.0.2.77";

async function demandWith(gateway: string) {
  const engine = await engineDouble({
    "/networks/bridge": { IPAM: { Config: [{ Gateway: gateway }] } },
    "/containers/json": [],
  });
  return findPortalDemand({ portal: "node", portalPort: await freePort() }, engine);
}

test("a portal's class answers SSH at the bridge's address, also while no container runs there", async () => {
  const shown = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  expect(shown).not.toContain(QUIET_BRIDGE);
  expect(await demandWith(QUIET_BRIDGE)).toEqual({ sshAddress: QUIET_BRIDGE, problems: [] });
});

test("an Engine whose bridge is on another machine is refused, as Docker Desktop's is", async () => {
  const { sshAddress, problems } = await demandWith(ELSEWHERE);
  expect(sshAddress).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining('portal: must be "operator" with the Docker Engine at unix://')]);
});
