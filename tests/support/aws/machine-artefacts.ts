import { resolve } from "node:path";
import { ensureBaseArchive } from "../../../adapters/docker/base-image";
import { DEFAULT_DOCKER_HOST } from "../../../adapters/docker/client";
import { readDockerEngine } from "../../../adapters/docker/engine";
import { releaseReachable } from "../../../adapters/files/artefacts/choices";
import { ensureFolder } from "../../../adapters/files/artefacts/folder";
import { ensureSampleDatabase, ensureTrivyArchive } from "../../../adapters/files/artefacts/packed";
import { silentReporter } from "../../../cli/ui/reporter";
import { labLock } from "../../../config/lock";

/** Where emulated machines have artefacts, as if it were in their machine image. */
const DIRECTORY = "/opt/lab-nodes/artefacts";

/** What emulated machines bring along, and the settings of a class that say so. */
interface MachineArtefacts {
  /** A bind mount, as `docker run --volume` takes it. */
  readonly mount: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The lesson's base image, and where its release cannot be downloaded Trivy with the sample database; made on the first call. */
export async function ensureMachineArtefacts(
  host: string = process.env["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST,
): Promise<MachineArtefacts> {
  const { env: environment } = process;
  const options = { host, programDirectory: resolve(__dirname, "../../.."), environment, reporter: silentReporter() };
  const { platform } = await readDockerEngine(host);
  const { version, archives } = labLock().trivy;
  const base = await ensureBaseArchive(options);
  const common = { "images.base": "debian", "artefacts.directory": DIRECTORY };
  if (await releaseReachable({ version, url: archives[platform].url }, options.reporter)) {
    return { mount: `${await ensureFolder([base], environment)}:${DIRECTORY}`, settings: common };
  }
  const trivy = await ensureTrivyArchive(version, platform, options);
  const database = await ensureSampleDatabase(options);
  return {
    mount: `${await ensureFolder([base, trivy, database], environment)}:${DIRECTORY}`,
    settings: {
      ...common,
      "trivy.archive": trivy.name,
      "trivy.sha256": trivy.identity,
      "trivy.database": "baked",
      "trivy.databaseArchive": database.name,
      "trivy.databaseSha256": database.identity,
    },
  };
}
