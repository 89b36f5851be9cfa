import { readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { USER_DATA_VARIABLE } from "../../../../adapters/files/node-image";
import { bakeFile } from "../../../../components/machines/bake-inputs";
import { BAKE_LABEL, BAKE_MACHINE_LABEL, BAKE_REPOSITORY } from "../../../../components/machines/local/bakes";
import type { BakeIdentity } from "../../../../core/bake";
import { LabError } from "../../../../core/errors";
import { readBounded } from "../../../../core/limits";
import { ofStack, SEAT_LABEL, STACK_LABEL } from "../../../../core/resource-names";

/** Where a bake keeps Docker's state; lab-nodes-docker-state.service has it too. */
const DOCKER_STATE = "/var/lib/lab-nodes/docker-state";

const PREPARE = "usr/local/lib/lab-nodes/prepare-node.sh";

const FULL_DISK = {
  hint: "Nothing was kept. A full disk is the usual cause: docker system df shows what takes it.",
};

const FILES: Readonly<Record<string, string>> = {
  "prepare-node.sh": PREPARE,
  "clean-node.sh": "usr/local/lib/lab-nodes/clean-node.sh",
  "restore-docker-state.sh": "usr/local/lib/lab-nodes/restore-docker-state.sh",
  "lab-nodes-docker-state.service": "etc/systemd/system/lab-nodes-docker-state.service",
};

/** What preparing prints is some lines. */
const LONGEST_OUTPUT = 1024 * 1024;
/** It packs all of Docker's state. */
const LIMIT_SECONDS = 900;

/** How the program that prepares a node ended; null where Docker does not know. */
interface Prepared {
  readonly said: string;
  readonly exitCode: number | null;
}

/** The only machine of a stack. */
export async function nodeOf(docker: Docker, stack: string): Promise<Docker.Container> {
  const [node] = await docker.listContainers({ all: true, filters: ofStack(stack) });
  if (node === undefined) {
    throw new LabError(`The node of the lab "${stack}" is gone: somebody removed its container.`);
  }
  return docker.getContainer(node.Id);
}

/** Takes out of a node what is its own alone, and puts Docker's state where an image keeps it. The node is good for nothing else then. */
export async function prepareNode(docker: Docker, node: Docker.Container): Promise<void> {
  let ended: Prepared;
  try {
    await putFiles(node);
    ended = await runPrepare(docker, node);
  } catch (error) {
    // The files themselves may be what finds no place.
    throw notPrepared(error instanceof Error ? error.message : String(error), error);
  }
  if (ended.exitCode !== 0) {
    throw notPrepared(ended.said.trim() || `exit code ${ended.exitCode}`);
  }
}

async function putFiles(node: Docker.Container): Promise<void> {
  const archive = pack();
  for (const [file, path] of Object.entries(FILES)) {
    const mode = file.endsWith(".sh") ? 0o755 : 0o644;
    archive.entry({ name: path, mode, uid: 0, gid: 0, mtime: new Date(0) }, readFileSync(bakeFile(file)));
  }
  archive.finalize();
  await node.putArchive(Readable.from(archive), { path: "/" });
}

async function runPrepare(docker: Docker, node: Docker.Container): Promise<Prepared> {
  const exec = await node.exec({ Cmd: [`/${PREPARE}`, DOCKER_STATE], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, output);
  stream.on("end", () => output.end());
  const late = new Error(`it did not end within ${LIMIT_SECONDS} s`);
  const timer = setTimeout(() => output.destroy(late), LIMIT_SECONDS * 1000);
  let said: string;
  try {
    said = (await readBounded(output, LONGEST_OUTPUT)).toString("utf8");
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  return { said, exitCode: (await exec.inspect()).ExitCode };
}

function notPrepared(reason: string, cause?: unknown): LabError {
  return new LabError(`The node could not be prepared for a bake: ${reason}`, { ...FULL_DISK, cause });
}

/** Makes an image of a prepared node. It has no name yet, so nothing can be made from it. */
export async function commitNode(node: Docker.Container, { hash, machineHash }: BakeIdentity): Promise<string> {
  const labels = {
    [BAKE_LABEL]: hash,
    [BAKE_MACHINE_LABEL]: machineHash,
    // The image is nobody's machine.
    [STACK_LABEL]: "",
    [SEAT_LABEL]: "",
  };
  const pairs = Object.entries(labels).map(([name, value]) => `"${name}"="${value}"`);
  // The user data of the machine that was baked is no other machine's.
  const changes = `LABEL ${pairs.join(" ")}\nENV ${USER_DATA_VARIABLE}=""`;
  try {
    const { Id } = (await node.commit({ changes, pause: true })) as { Id: string };
    return Id;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError(`Docker could not keep the node as an image: ${reason}`, { ...FULL_DISK, cause: error });
  }
}

/** Gives a finished bake its name: from now on it is used. */
export async function nameBake(docker: Docker, id: string, hash: string): Promise<void> {
  await docker.getImage(id).tag({ repo: BAKE_REPOSITORY, tag: hash });
}
