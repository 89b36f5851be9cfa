import { type AddressInfo, createServer } from "node:net";
import { Server, type ServerChannel, utils } from "ssh2";
import { buildLine, FLOOD_COMMAND, LINE_MILLISECONDS } from "./portal-output";

/**
 * In place of nodes, to measure the portal alone: one SSH server for all seats, whose shells echo at once, and print build
 * output or a flood when told to. No tmux, no bash. A process of its own; tells where it is and its keys by a message.
 */
function main(): void {
  const [own, client] = [utils.generateKeyPairSync("ed25519"), utils.generateKeyPairSync("ed25519")];
  const server = new Server({ hostKeys: [own.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("end", () => connection.end());
    // Listens on this machine alone, for as long as a measurement takes.
    connection.on("authentication", (login) => login.accept());
    connection.on("session", (accept) => {
      const session = accept();
      let isTerminal = false;
      session.on("pty", (acceptPty) => {
        isTerminal = true;
        acceptPty?.();
      });
      session.on("window-change", (acceptChange) => acceptChange?.());
      session.on("exec", (acceptExec) => {
        const channel = acceptExec();
        if (isTerminal) {
          echoShell(channel);
        } else {
          channel.write("echo\n");
          channel.exit(0);
          channel.end();
        }
      });
    });
  });
  // As OpenSSH does for terminals: gathering small packets costs 40 ms at a time.
  const sockets = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  sockets.listen(0, "127.0.0.1", () => {
    const { port } = sockets.address() as AddressInfo;
    process.send?.({ host: "127.0.0.1", port, hostKey: own.public.trim(), privateKey: client.private });
  });
  process.on("disconnect", () => process.exit());
}

const ERASE = "\x7f";
const ERASE_LINE = "\x15";
const INTERRUPT = "\x03";
const PROMPT = "\r\nstudent@node1:~$ ";

function echoShell(channel: ServerChannel): void {
  let [line, printing] = ["", () => {}];
  channel.on("error", () => {});
  channel.on("close", () => printing());
  channel.write(PROMPT);
  channel.on("data", (bytes: Buffer) => {
    for (const key of String(bytes)) {
      if (key === "\r") {
        printing = print(channel, line);
        line = "";
      } else if (key === INTERRUPT) {
        printing();
        line = "";
        channel.write(PROMPT);
      } else {
        line = key === ERASE_LINE ? "" : key === ERASE ? line.slice(0, -1) : line + key;
        channel.write(key === ERASE ? "\b \b" : key);
      }
    }
  });
}

/** Prints what a command prints, until it is told to stop. */
function print(channel: ServerChannel, command: string): () => void {
  if (command === FLOOD_COMMAND) {
    const text = `${command.slice("yes ".length)}\r\n`.repeat(200);
    let isOver = false;
    const pour = () => {
      while (!isOver && channel.write(text)) {
        // As much as goes in
      }
    };
    channel.on("drain", pour);
    pour();
    return () => {
      isOver = true;
    };
  }
  let number = 0;
  const timer = setInterval(() => channel.write(`${buildLine(++number)}\r\n`), LINE_MILLISECONDS);
  return () => clearInterval(timer);
}

main();
