import { connect } from "node:net";

const TIMEOUT_MILLISECONDS = 3000;

/** Whether an SSH server greets at an address. A published port alone proves nothing: Docker's proxy takes any connection. */
export function answersSsh(endpoint: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port, timeout: TIMEOUT_MILLISECONDS });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("data", (greeting) => answer(greeting.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
    socket.once("close", () => answer(false));
  });
}
