import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { readState, readStateWithSecrets } from "../../../adapters/pulumi/state";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import { portalListensOn } from "../../../components/portal-spec";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { NodeShell } from "../../../core/node-shell";
import { lessonText } from "../../../portal/node/lesson-text";
import { pageData } from "../../../portal/node/page-data";
import { ON_MACHINE, type PortalSettings } from "../../../portal/node/settings";
import { factsOf } from "../../../portal/server/class-facts";
import { bundlePage } from "../../../portal/server/page-files";
import { parseRoster, type Roster } from "../../../portal/server/roster";
import { homesDirectory } from "../reset/keep-home";
import { onPortalMachine, portalAddress } from "./machine";
import { nodeArchive, nodeSum, portalProgram } from "./node-runtime";
import { type Opening, prepareOpening, studentAddress, tellOpen } from "./opening";

/** The roster of hundreds of seats. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_REASON = 4000;
/** 70 MB over a slow line to a cloud. */
const BRING_SECONDS = 900;

const SCRIPTS = join(__dirname, "../../../portal/node");

/** Brings the portal to its machine, with what it has to know, and starts it there. It goes on without `lab`. */
export async function openOnMachine(context: CommandContext, opening: Opening): Promise<void> {
  const { reporter, options } = context;
  refuseWhatItCannot(opening);
  const resources = await readStateWithSecrets(opening.opened.stack);
  const address = portalAddress(context, resources);
  const seats = knownSeats(resources, opening.settings.moved).filter(({ role }) => role === "seat");
  const isAtAws = opening.settings.target === "aws";
  const prepared = await prepareOpening(
    context,
    isAtAws ? { ...opening, host: address.host } : opening,
    seats.map(({ seat }) => seat),
  );
  const { certificate, book, lesson, signingKey } = prepared;
  const { end, versions } = factsOf(seats, resources, opening.settings, new Date());
  const codes = book.read();
  const settings: PortalSettings = {
    lab: options.stack,
    port: portalListensOn(opening.settings),
    address: prepared.address,
    certificate: certificate.certificate,
    privateKey: certificate.privateKey,
    signingKey: signingKey.export({ type: "pkcs8", format: "pem" }).toString(),
    instructorCode: codes.instructor?.code ?? "",
    stuckMinutes: opening.wanted.request.stuckMinutes,
    homes: homesDirectory(options.stack),
    lesson: lessonText(lesson),
    facts: {
      ...(end === undefined ? {} : { end }),
      versions: versions.map((each) => ({ ...each, seats: [...each.seats] })),
    },
    page: pageData(await bundlePage()),
    seats: seats.map((seat) => ({
      seat: seat.seat,
      code: codes.seats[seat.seat]?.code ?? "",
      hostname: seat.ready?.hostname ?? "node1",
      address: studentAddress(seat, resources, (node) => hostKeyOf(context, node)),
    })),
  };
  const program = await portalProgram();
  await reporter.task("bringing the portal to its machine", () =>
    onPortalMachine(address, async (shell) => {
      await must(shell, scriptText("prepare.sh"), {});
      await bringNode(shell, context);
      await install(shell, program, settings);
    }),
  );
  // An instance that was recreated has another address.
  const when = isAtAws ? "come, moved or got a new machine" : "come or moved";
  const ending = `It runs on a machine of the class, without this terminal. After a seat has ${when}, type ./lab portal${stackFlag(options.stack)} again.`;
  tellOpen(context, prepared, { seats: seats.length, ending });
}

/** Lets another browser claim a seat. */
export async function freeOnMachine(context: CommandContext, seat: string): Promise<void> {
  const command = `runuser --user ${ON_MACHINE.user} -- ${ON_MACHINE.node}/bin/node ${ON_MACHINE.program}/portal/server/main.js free "$LAB_SEAT"`;
  await onMachine(context, (shell) => must(shell, command, { LAB_SEAT: seat }));
}

/** The roster that the portal keeps on its machine. */
export async function bookOnMachine(context: CommandContext): Promise<Roster> {
  const file = `${ON_MACHINE.state}/class-book.json`;
  return parseRoster(await onMachine(context, (shell) => must(shell, `cat ${file}`, {})), file);
}

async function onMachine<Result>(
  context: CommandContext,
  work: (shell: NodeShell) => Promise<Result>,
): Promise<Result> {
  const { stack } = await openExistingStack(context);
  return onPortalMachine(portalAddress(context, await readState(stack)), work);
}

function refuseWhatItCannot({ wanted: { request }, port }: Opening): void {
  const hint =
    "On this machine it can: pulumi config set --path portal operator, then ./lab up, which recreates the seats.";
  if (request.logTerminals !== undefined) {
    throw new LabError("--log-terminals: a portal on a machine of the class keeps no terminals.", {
      exitCode: 2,
      hint,
    });
  }
  if (request.port !== undefined && request.port !== port) {
    throw new LabError(
      `--port ${request.port}: this class's portal has port ${port}, as the setting portalPort says.`,
      {
        exitCode: 2,
        hint: `Type: pulumi config set --path portalPort ${request.port}, then ./lab up, which on a Docker Engine recreates the portal's machine, and ./lab portal.`,
      },
    );
  }
}

function hostKeyOf({ runtime, options }: CommandContext, node: string): string {
  return readSeatAccess(runtime.programDirectory, options.stack, node).hostKey;
}

async function install(
  shell: NodeShell,
  program: ReadonlyMap<string, string>,
  settings: PortalSettings,
): Promise<void> {
  for (const [path, content] of program) {
    await shell.write(path, content);
  }
  // The file is there already, and nobody else's: this only fills it.
  await shell.write(`${ON_MACHINE.settings}.new`, JSON.stringify(settings));
  await must(shell, scriptText("start.sh"), { LAB_PORT: String(settings.port) });
}

/** Puts the pinned Node.js on the machine, unless it is there already. */
async function bringNode(shell: NodeShell, { runtime, reporter }: CommandContext): Promise<void> {
  const architecture = (await must(shell, "uname -m", {})).trim();
  const platform = architecture === "aarch64" ? "linux/arm64" : "linux/amd64";
  const present = await must(shell, `cat ${ON_MACHINE.node}/sha512 2> /dev/null || true`, {});
  if (present.trim() === nodeSum(platform)) {
    return;
  }
  const { bytes, sha512 } = await nodeArchive(platform, { environment: runtime.environment, reporter });
  const file = `${ON_MACHINE.program}/node.tgz.base64`;
  await shell.write(file, bytes.toString("base64"), { timeoutSeconds: BRING_SECONDS });
  await must(shell, scriptText("install-node.sh"), {
    LAB_NODE_ARCHIVE: file,
    LAB_NODE_SHA512: sha512,
    LAB_NODE_FOLDER: ON_MACHINE.node,
  });
}

function scriptText(name: string): string {
  return readFileSync(join(SCRIPTS, name), "utf8");
}

async function must(shell: NodeShell, command: string, environment: Record<string, string>): Promise<string> {
  const { exitCode, output } = await shell.run(command, { environment, maxOutputBytes: LONGEST_ANSWER });
  if (exitCode !== 0) {
    const reason = output.trim().slice(-LONGEST_REASON);
    throw new LabError(`The portal's machine did not do as it was told (exit code ${exitCode}):\n${reason}`, {
      hint: "Type ./lab portal again; ./lab up repairs its machine.",
    });
  }
  return output;
}
