import type { Readiness } from "../../core/readiness";

/** What the gate's script prints on a node that is ready. */
export const READINESS: Readiness = {
  hostname: "node1",
  os: "Debian GNU/Linux 12 (bookworm)",
  distribution: "debian 12",
  architecture: "amd64",
  docker: { server: "20.10.24", client: "20.10.24" },
  trivy: { version: "0.74.0", database: { version: 2, updatedAt: "2026-11-23T06:00:00Z" } },
  packages: { "docker.io": "20.10.24" },
  packagesSha256: "5e".repeat(32),
  seconds: { cloudInit: 12, docker: 0.6 },
};
