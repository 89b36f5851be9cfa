import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { renderUserData } from "../../cloud-init/user-data";
import type { LabConfig } from "../../config/schema";
import type { BakeInputs } from "../../core/bake";
import { IMAGE_SETS } from "../../core/image-sets";
import type { MachineKind } from "../../core/machine";
import lock from "../../lab.lock.json";
import { dockerInstallation, trivyInstallation } from "../installations";
import { projectFile } from "../project-files";

/** Scripts that are copied to a node to bake it, relative to the program. */
const BAKE_FILES = "components/machines/bake/files";

/** Absolute path of one of the scripts. */
export function bakeFile(name: string): string {
  return projectFile(join(BAKE_FILES, name));
}

/** Inputs of a bake that do not depend on the target. */
export function sharedInputs(
  config: LabConfig,
  program: string,
): Pick<BakeInputs, "lock" | "baseImages" | "contexts" | "recipe"> {
  const { baseImages, contexts } = IMAGE_SETS[config.images.base];
  const lesson = ["figlet", "hello/v0.1", "hello/v0.2"].map((context) => join(contexts, context));
  return {
    lock: JSON.stringify(lock),
    baseImages: baseImages.map(({ tag, source }) => `${tag} ${source}`),
    contexts: Object.assign({}, ...lesson.map((context) => filesIn(program, context))),
    recipe: filesIn(program, BAKE_FILES),
  };
}

/** User data without the parts that differ between classes with this config. */
export function commonUserData(config: LabConfig, machines: MachineKind): string {
  const parts = renderUserData({
    hostname: "",
    authorizedKeys: [],
    studentKeys: [],
    hostKey: { publicKey: "" },
    docker: dockerInstallation(config.node.dockerPackage, config.images.mirror),
    trivy: trivyInstallation(config.trivy, machines),
    expiry: undefined,
  });
  return parts.map(({ content }) => content).join("\n");
}

/** Files of a folder of the program: path -> mode and content. */
function filesIn(program: string, directory: string): Record<string, string> {
  const entries = readdirSync(join(program, directory), { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.flatMap((entry) => {
      if (!entry.isFile()) {
        return [];
      }
      const path = join(entry.parentPath, entry.name);
      const isExecutable = (statSync(path).mode & 0o100) !== 0;
      return [[relative(program, path), `${isExecutable ? "x" : "-"} ${readFileSync(path, "base64")}`]];
    }),
  );
}
