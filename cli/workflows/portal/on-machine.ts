import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { readState, readStateWithSecrets } from "../../../adapters/pulumi/state";
import { readSeatAccess } from "../../../adapters/ssh/seat-access";
import { portalListensOn } from "../../../components/portal-spec";
import { knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import type { NodeShell } from "../../../core/node-shell";
import { ON_MACHINE, type PortalSettings } from "../../../portal/node/settings";
import { factsOf } from "../../../portal/server/class-facts";
import { bundlePageText } from "../../../portal/server/page-files";
import { parseRoster, type Roster } from "../../../portal/server/roster";
import { homesDirectory } from "../reset/keep-home";
import { onPortalMachine, portalAddress } from "./machine";
import { nodeArchive, nodeSum, portalProgram } from "./node-runtime";
import { type Opening, prepareOpening, reportOpen, studentAddress } from "./opening";

/** The roster of hundreds of seats. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_REASON = 4000;
/** Time to copy 70 MB over a slow line to a cloud. */
const COPY_SECONDS = 900;

const SCRIPTS = join(__dirname, "../../../portal/node");

/** Copies the portal to its machine, with its settings, and starts it there. It keeps running without `lab`. */
export async function openOnMachine(context: CommandContext, opening: Opening): Promise<void> {
  const { reporter, options, runtime } = context;
  refuseUnsupported(opening);
  const resources = await readStateWithSecrets(opening.opened.stack);
  const address = portalAddress(context, resources);
  const seats = knownSeats(resources, opening.settings.moved).filter(({ role }) => role === "seat");
  const isAtAws = opening.settings.target === "aws";
  const prepared = await prepareOpening(
    context,
    isAtAws ? { ...opening, host: address.host } : opening,
    seats.map(({ seat }) => seat),
  );
  const { certificate, roster, lesson, signingKey } = prepared;
  const { end, versions } = factsOf(seats, resources, opening.settings, new Date());
  const codes = roster.read();
  const hostKeyOf = (node: string) => readSeatAccess(runtime.programDirectory, options.stack, node).hostKey;
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
    lesson,
    facts: { end, versions },
    page: await bundlePageText(),
    seats: seats.map((seat) => ({
      seat: seat.seat,
      code: codes.seats[seat.seat]?.code ?? "",
      hostname: seat.ready?.hostname ?? "node1",
      address: studentAddress(seat, resources, hostKeyOf),
    })),
  };
  const program = await portalProgram();
  await reporter.task("copying the portal to its machine", () =>
    onPortalMachine(address, async (shell) => {
      await run(shell, scriptText("prepare.sh"));
      await installNode(shell, context);
      for (const [path, content] of program) {
        await shell.write(path, content);
      }
      // prepare.sh has created the file, which only the portal's user can read.
      await shell.write(`${ON_MACHINE.settings}.new`, JSON.stringify(settings));
      await run(shell, scriptText("start.sh"), { LAB_PORT: String(settings.port) });
    }),
  );
  // An instance that was recreated has another address.
  const when = isAtAws ? "After you add, move or recreate a seat" : "After you add or move a seat";
  const ending = `It runs on a machine of the class, without this terminal. ${when}, run ./lab portal${stackFlag(options.stack)} again.`;
  reportOpen(context, prepared, { seats: seats.length, ending });
}

/** Lets another browser claim a seat. */
export async function freeOnMachine(context: CommandContext, seat: string): Promise<void> {
  const command = `runuser --user ${ON_MACHINE.user} -- ${ON_MACHINE.node}/bin/node ${ON_MACHINE.program}/portal/server/main.js free "$LAB_SEAT"`;
  await onMachine(context, (shell) => run(shell, command, { LAB_SEAT: seat }));
}

/** The roster that the portal keeps on its machine. */
export async function rosterOnMachine(context: CommandContext): Promise<Roster> {
  const file = `${ON_MACHINE.state}/class-book.json`;
  return parseRoster(await onMachine(context, (shell) => run(shell, `cat ${file}`)), file);
}

async function onMachine<Result>(
  context: CommandContext,
  work: (shell: NodeShell) => Promise<Result>,
): Promise<Result> {
  const { stack } = await openExistingStack(context);
  return onPortalMachine(portalAddress(context, await readState(stack)), work);
}

function refuseUnsupported({ wanted: { request }, port }: Opening): void {
  if (request.logTerminals !== undefined) {
    throw new LabError("--log-terminals: a portal on a machine of the class cannot record terminals.", {
      exitCode: 2,
      hint: "To serve the portal from this machine, run: pulumi config set --path portal operator, then ./lab up, which recreates the seats.",
    });
  }
  if (request.port !== undefined && request.port !== port) {
    throw new LabError(
      `--port ${request.port}: the portal of this class has port ${port}, from the setting portalPort.`,
      {
        exitCode: 2,
        hint: `Run: pulumi config set --path portalPort ${request.port}, then ./lab up, which on a Docker Engine recreates the portal's machine, and ./lab portal.`,
      },
    );
  }
}

/** Installs the pinned Node.js on the machine, unless it has it already. */
async function installNode(shell: NodeShell, { runtime, reporter }: CommandContext): Promise<void> {
  const architecture = (await run(shell, "uname -m")).trim();
  const platform = architecture === "aarch64" ? "linux/arm64" : "linux/amd64";
  const present = await run(shell, `cat ${ON_MACHINE.node}/sha512 2> /dev/null || true`);
  if (present.trim() === nodeSum(platform)) {
    return;
  }
  const { bytes, sha512 } = await nodeArchive(platform, { environment: runtime.environment, reporter });
  const file = `${ON_MACHINE.program}/node.tgz.base64`;
  await shell.write(file, bytes.toString("base64"), { timeoutSeconds: COPY_SECONDS });
  await run(shell, scriptText("install-node.sh"), {
    LAB_NODE_ARCHIVE: file,
    LAB_NODE_SHA512: sha512,
    LAB_NODE_FOLDER: ON_MACHINE.node,
  });
}

function scriptText(name: string): string {
  return readFileSync(join(SCRIPTS, name), "utf8");
}

/** Runs a command; throws a LabError with the end of its output if it fails. */
async function run(shell: NodeShell, command: string, environment: Record<string, string> = {}): Promise<string> {
  const { exitCode, output } = await shell.run(command, { environment, maxOutputBytes: LONGEST_ANSWER });
  if (exitCode !== 0) {
    const reason = output.trim().slice(-LONGEST_REASON);
    throw new LabError(`A command on the portal's machine failed (exit code ${exitCode}):\n${reason}`, {
      hint: "Run ./lab portal again. If that fails, run ./lab up to repair its machine.",
    });
  }
  return output;
}
