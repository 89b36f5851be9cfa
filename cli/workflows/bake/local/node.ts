import { readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { USER_DATA_VARIABLE } from "../../../../adapters/files/node-image";
import { bakeFile } from "../../../../components/machines/bake-inputs";
import { BAKE_LABEL, BAKE_MACHINE_LABEL, BAKE_REPOSITORY } from "../../../../components/machines/local/bakes";
import type { BakeIdentity } from "../../../../core/bake";
import { LabError, messageOf } from "../../../../core/errors";
import { readBounded } from "../../../../core/limits";
import { ofStack, SEAT_LABEL, STACK_LABEL } from "../../../../core/resource-names";

/** Where a bake keeps Docker's state; lab-nodes-docker-state.service has it too. */
const DOCKER_STATE = "/var/lib/lab-nodes/docker-state";

const PREPARE = "usr/local/lib/lab-nodes/prepare-node.sh";

const FULL_DISK = {
  hint: "Nothing was saved. A full disk is the usual cause: docker system df shows disk usage.",
};

const FILES: Readonly<Record<string, string>> = {
  "prepare-node.sh": PREPARE,
  "clean-node.sh": "usr/local/lib/lab-nodes/clean-node.sh",
  "restore-docker-state.sh": "usr/local/lib/lab-nodes/restore-docker-state.sh",
  "lab-nodes-docker-state.service": "etc/systemd/system/lab-nodes-docker-state.service",
};

/** The script prints some lines. */
const LONGEST_OUTPUT = 1024 * 1024;
/** The script packs all of Docker's state. */
const LIMIT_SECONDS = 900;

/** The only machine of a stack. */
export async function nodeOf(docker: Docker, stack: string): Promise<Docker.Container> {
  const [node] = await docker.listContainers({ all: true, filters: ofStack(stack) });
  if (node === undefined) {
    throw new LabError(`The node of the lab "${stack}" is missing: its container was removed.`);
  }
  return docker.getContainer(node.Id);
}

/** Removes from a node everything that belongs to it alone, and moves Docker's state to where an image keeps it. */
export async function prepareNode(docker: Docker, node: Docker.Container): Promise<void> {
  let prepared: Awaited<ReturnType<typeof runPrepare>>;
  try {
    await putFiles(node);
    prepared = await runPrepare(docker, node);
  } catch (error) {
    // The disk may be too full even for the files.
    throw notPrepared(messageOf(error), error);
  }
  if (prepared.exitCode !== 0) {
    throw notPrepared(prepared.output.trim() || `exit code ${prepared.exitCode}`);
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

async function runPrepare(docker: Docker, node: Docker.Container) {
  const exec = await node.exec({ Cmd: [`/${PREPARE}`, DOCKER_STATE], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const both = new PassThrough();
  docker.modem.demuxStream(stream, both, both);
  stream.on("end", () => both.end());
  const late = new Error(`it did not end within ${LIMIT_SECONDS} s`);
  const timer = setTimeout(() => both.destroy(late), LIMIT_SECONDS * 1000);
  let output: string;
  try {
    output = (await readBounded(both, LONGEST_OUTPUT)).toString("utf8");
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  return { output, exitCode: (await exec.inspect()).ExitCode };
}

function notPrepared(reason: string, cause?: unknown): LabError {
  return new LabError(`The node could not be prepared for a bake: ${reason}`, { ...FULL_DISK, cause });
}

/** Makes an image of a prepared node. It has no name yet, so nothing can be made from it. */
export async function commitNode(node: Docker.Container, { hash, machineHash }: BakeIdentity): Promise<string> {
  const labels = {
    [BAKE_LABEL]: hash,
    [BAKE_MACHINE_LABEL]: machineHash,
    // The image is not a machine of the class.
    [STACK_LABEL]: "",
    [SEAT_LABEL]: "",
  };
  const pairs = Object.entries(labels).map(([name, value]) => `"${name}"="${value}"`);
  // Other machines have their own user data.
  const changes = `LABEL ${pairs.join(" ")}\nENV ${USER_DATA_VARIABLE}=""`;
  try {
    const { Id } = (await node.commit({ changes, pause: true })) as { Id: string };
    return Id;
  } catch (error) {
    const reason = messageOf(error);
    throw new LabError(`Docker could not save the node as an image: ${reason}`, { ...FULL_DISK, cause: error });
  }
}

/** Names a finished bake, so that it is used. */
export async function nameBake(docker: Docker, id: string, hash: string): Promise<void> {
  await docker.getImage(id).tag({ repo: BAKE_REPOSITORY, tag: hash });
}
