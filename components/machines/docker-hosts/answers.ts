import { type DockerEngine, readDockerEngine } from "../../../adapters/docker/engine";
import { serverOf } from "../../../config/hosts";
import { messageOf } from "../../../core/errors";

/** A Docker host's answer. */
export interface HostAnswer {
  /** Address of its Docker Engine, e.g. `ssh://lab@server1`. */
  readonly host: string;
  /** Undefined if the host does not answer. */
  readonly engine: DockerEngine | undefined;
  /** Why it does not answer, in one line. */
  readonly silence?: string;
}

/** Queries the Engines of all hosts in parallel. */
export function askHosts(
  hosts: readonly string[],
  read: (host: string) => Promise<DockerEngine> = (host) => readDockerEngine(host, process.env, ANSWER_SECONDS),
): Promise<HostAnswer[]> {
  return Promise.all(
    hosts.map(async (host) => {
      try {
        return { host, engine: await read(host) };
      } catch (error) {
        return { host, engine: undefined, silence: reasonIn(error) };
      }
    }),
  );
}

/** Why a host does not answer, in one line: ssh's output if ssh failed. */
export function reasonIn(error: unknown): string {
  const message = messageOf(error);
  const [, said] = /it said: ([\s\S]*?)(; check [^;]*)?$/.exec(message) ?? [];
  return (said ?? message).trim().replaceAll(/\s*\n\s*/g, " ");
}

/** Ten seconds for ssh to connect, plus the query. */
const ANSWER_SECONDS = 15;

/** Problems of a class's hosts, one line each: none answers, duplicates, or different platforms. */
export function hostAnswersProblems(answers: readonly HostAnswer[]): string[] {
  const engines = answers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
  const [first] = engines;
  if (first === undefined) {
    return answers.map(
      ({ host, silence }) => `docker.hosts: ${host} does not answer: ${silence}; ${silenceAdvice(host, silence)}`,
    );
  }
  return engines.flatMap((engine, index) => {
    const same = engines.slice(0, index).find(({ identity }) => identity !== undefined && identity === engine.identity);
    return [
      ...(same === undefined ? [] : [`docker.hosts: ${same.host} and ${engine.host} are the same Engine`]),
      ...(engine.platform === first.platform
        ? []
        : [
            `docker.hosts: ${engine.host} is ${engine.platform}, ${first.host} is ${first.platform}; all hosts of a class must have the same platform`,
          ]),
    ];
  });
}

/** What to do about a host that does not answer. */
export function silenceAdvice(host: string, silence = ""): string {
  const server = serverOf(host);
  if (server === undefined) {
    return "start its Docker Engine";
  }
  const port = server.port === undefined ? "" : `-p ${server.port} `;
  const login = `ssh ${port}${server.user === undefined ? "" : `${server.user}@`}${server.name}`;
  if (/host key/i.test(silence)) {
    return `compare and accept its host key: ${login}`;
  }
  return /permission denied/i.test(silence)
    ? `install your SSH key on it: ssh-copy-id ${login.slice("ssh ".length)}`
    : `this command must work without a prompt: ${login} docker version`;
}
