import { createServer } from "node:net";
import { containerName } from "../../core/resource-names";
import { dockerClient } from "./client";

/** Name of the container that publishes a port on the Engine's machine; undefined where none does. */
export async function portHolder(host: string, port: number): Promise<string | undefined> {
  const containers = await dockerClient(host).listContainers();
  const holder = containers.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  return holder && containerName(holder);
}

/** Whether nobody listens on a port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryToListen("127.0.0.1", port)) === "listened";
}

/** Listens for a moment at an address; `refused` where this machine has no such address, or we may not have the port. */
export function tryToListen(address: string, port: number): Promise<"listened" | "in use" | "refused"> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code === "EADDRINUSE" ? "in use" : "refused"));
    server.listen(port, address, () => server.close(() => resolve("listened")));
  });
}
