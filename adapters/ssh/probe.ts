import { connect } from "node:net";
import type { SshEndpoint } from "../../core/machine";
import { connectThrough } from "./server";

const TIMEOUT_MILLISECONDS = 3000;

/** There is a login in it. */
const SERVER_TIMEOUT_MILLISECONDS = 12_000;

/** Whether an SSH server greets at an address. A published port alone proves nothing: Docker's proxy takes any connection. */
export function answersSsh({ host, port, through }: Pick<SshEndpoint, "host" | "port" | "through">): Promise<boolean> {
  return new Promise((resolve) => {
    const isDirect = through === undefined;
    const socket = isDirect ? connect({ host, port }) : connectThrough(through, { host, port });
    const timer = setTimeout(() => answer(false), isDirect ? TIMEOUT_MILLISECONDS : SERVER_TIMEOUT_MILLISECONDS);
    const answer = (isThere: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isThere);
    };
    socket.once("data", (greeting) => answer(greeting.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("error", () => answer(false));
    socket.once("close", () => answer(false));
  });
}
