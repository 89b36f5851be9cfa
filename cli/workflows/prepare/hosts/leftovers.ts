import { reasonIn } from "../../../../components/machines/docker-hosts/answers";
import { type Evidence, findLeftovers } from "../../audit/leftovers";

/** What a stack left on several Docker hosts. One that does not answer proves nothing. */
export async function lookAtHosts(
  hosts: readonly string[],
  stack: string,
  known: ReadonlySet<string>,
): Promise<Evidence> {
  const looks = await Promise.all(
    hosts.map(async (host) => {
      try {
        return { host, leftovers: await findLeftovers(host, stack, known) };
      } catch (error) {
        return { host, leftovers: [], silence: reasonIn(error) };
      }
    }),
  );
  const silent = looks.flatMap(({ host, silence }) => (silence === undefined ? [] : [`${host} (${silence})`]));
  const leftovers = looks.flatMap(({ host, leftovers: found }) =>
    found.map(({ what, remove }) => ({
      what: `${what} on ${host}`,
      remove: remove.replace(/^docker /, `docker --host ${host} `),
    })),
  );
  const where = `of its ${hosts.length - silent.length} Docker hosts`;
  const proof = `no container, volume, network or key of it is left on any ${where}`;
  return silent.length === 0
    ? { leftovers, proof }
    : { leftovers, proof, unproven: `What is on ${silent.join(", ")} nobody knows: it does not answer.` };
}
