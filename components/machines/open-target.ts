import type { LabConfig } from "../../config/schema";
import { openHosts } from "./docker-hosts/open";
import { openLocal } from "./local/open";
import type { Target } from "./machine";

/** The config's target, ready to create machines. Throws one `RunError` with all problems, before any resource is created. */
export async function openTarget(config: LabConfig): Promise<Target> {
  if (config.target === "aws") {
    // Loaded on demand: a local lab needs neither the AWS package nor its plugin. An `import()` of our own TypeScript works
    // neither in the program nor in `lab` (docs/adr/0010).
    const { openAws } = require("./aws/open") as typeof import("./aws/open");
    return openAws(config);
  }
  return config.docker.hosts === undefined ? openLocal(config) : openHosts(config, config.docker.hosts);
}
