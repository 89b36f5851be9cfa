import type { Readiness } from "../../components/lab-node";

/** What the gate's script prints on a node that is ready. */
export const READINESS: Readiness = {
  hostname: "node1",
  os: "Debian GNU/Linux 12 (bookworm)",
  architecture: "amd64",
  docker: { server: "20.10.24", client: "20.10.24" },
  packages: { "docker.io": "20.10.24" },
  seconds: { cloudInit: 12, docker: 0.6 },
};
