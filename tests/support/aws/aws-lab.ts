import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { stringify } from "yaml";
import { removeMatching } from "../docker-leftovers";
import { type LabClone, makeLabClone } from "../lab-clone";
import { startAwsEmulator } from "./emulator";
import { installAwsPlugin } from "./install-plugin";
import { keepInstanceDisk, removeInstanceDisks } from "./instance-images";
import { ensureMachineArtefacts } from "./machine-artefacts";
import { ensureNodeImage } from "./node-image";
import { CLASS_LABEL } from "./plugin/instance/node-container";
import { VARIABLES } from "./plugin/instance/settings";
import { CURRENT_IMAGES, type Region } from "./ubuntu-images";

/** A clone whose lab runs on an account of its own, emulated on this machine. */
export interface AwsLab {
  readonly lab: LabClone;
  readonly ec2: EC2Client;
  /** Label of the containers and volumes that its machines are. */
  readonly machines: { readonly label: string[] };
  remove(): Promise<void>;
}

/** Makes such a clone, with these settings (namespace lab-nodes) on top of what an air-gapped class needs. */
export async function makeAwsLab(region: Region, settings: Record<string, unknown> = {}): Promise<AwsLab> {
  const [image, artefacts] = [await ensureNodeImage(), await ensureMachineArtefacts()];
  const lab = await makeLabClone();
  const emulator = await startAwsEmulator({ keepDisk: (made) => keepInstanceDisk(lab.docker, made) });
  const machines = { label: [`${CLASS_LABEL}=${lab.stack}`] };
  const remove = async () => {
    for (const filters of [machines, bakeryMachines(lab)]) {
      await removeMatching(lab.docker, filters);
      await removeInstanceDisks(lab.docker, filters);
    }
    await lab.remove();
    await emulator.stop();
  };
  try {
    forgetOwnAccount(lab.environment);
    Object.assign(lab.environment, emulator.environment, {
      [VARIABLES.image]: image,
      [VARIABLES.mount]: artefacts.mount,
    });
    const home = join(lab.directory, ".lab", "pulumi-home");
    mkdirSync(join(lab.directory, ".lab"), { recursive: true, mode: 0o700 });
    await installAwsPlugin(home);
    const ami = CURRENT_IMAGES.find((one) => one.region === region && one.architecture === "x86_64")?.id;
    writeConfig(lab, { target: "aws", "aws.ami": ami, "aws.region": region, ...artefacts.settings, ...settings });
    return { lab, ec2: emulator.ec2(region), machines, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Label of the machines in which its bakes are made, and of the disks that come of them. */
export function bakeryMachines({ stack }: LabClone): { label: string[] } {
  return { label: [`${CLASS_LABEL}=${stack}-bake`] };
}

/** The tester's own account is none of a test's business. */
function forgetOwnAccount(environment: Record<string, string>): void {
  for (const name of Object.keys(environment).filter((variable) => variable.startsWith("AWS_"))) {
    delete environment[name];
  }
}

/** The stack's config before there is a stack, as `pulumi config set --path` writes it. */
function writeConfig(lab: LabClone, settings: Record<string, unknown>): void {
  const config: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const [section = "", name] = path.split(".");
    const key = `lab-nodes:${section}`;
    config[key] = name === undefined ? value : { ...(config[key] as object | undefined), [name]: value };
  }
  writeFileSync(join(lab.directory, `Pulumi.${lab.stack}.yaml`), stringify({ config }));
}
