import type { AddressInfo } from "node:net";
import { type Connection, Server, type ServerChannel, utils } from "ssh2";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../../adapters/files/own-machine";
import { openNodeShell } from "../../../../adapters/ssh/node-shell";
import { afterEcho } from "../../../../adapters/ssh/node-shell/session";

const USER_KEY = utils.generateKeyPairSync("ed25519");
const HOST_KEY = utils.generateKeyPairSync("ed25519");
const OTHER_KEY = utils.generateKeyPairSync("ed25519");

/** A command that has reached the server of a test. */
interface Call {
  readonly command: string;
  readonly terminal: { cols: number } | undefined;
  readonly channel: ServerChannel;
  readonly connection: Connection;
}

/** An SSH server that lets USER_KEY in and hands each command to `answer`, or does not let commands come at all. */
async function serve(
  answer: (call: Call) => void,
  greet: "answer" | "refuse" | "hang up" | "say nothing" = "answer",
): Promise<number> {
  const server = new Server({ hostKeys: [HOST_KEY.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (login) => (login.method === "publickey" ? login.accept() : login.reject()));
    connection.on("session", (accept, reject) => {
      if (greet !== "answer") {
        return greet === "refuse" ? reject() : greet === "hang up" && connection.end();
      }
      let terminal: Call["terminal"];
      const session = accept();
      session.on("pty", (acceptPty, _reject, info) => {
        terminal = info;
        acceptPty?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) =>
        answer({ command, terminal, channel: acceptExec(), connection }),
      );
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function shellAt(port: number, more: { hostKey?: string; privateKey?: string } = {}) {
  const address = {
    host: "127.0.0.1",
    port,
    user: "root",
    privateKey: USER_KEY.private,
    hostKey: HOST_KEY.public,
    ...more,
  };
  const shell = await openNodeShell(address, { timeoutSeconds: 5 });
  onTestFinished(() => shell.close());
  return shell;
}

/** As `cat /dev/zero` does, as fast as it is read. */
function writeWithoutEnd(channel: ServerChannel): void {
  const zeros = Buffer.alloc(32 * 1024);
  const more = () => {
    while (channel.writable && channel.write(zeros)) {
      // Until its buffer is full.
    }
    channel.once("drain", () => setImmediate(more));
  };
  more();
}

/** As a server of the student's own may do: it hears of no limit, and not that the channel was closed. */
function floodWith(channel: ServerChannel, connection: Connection): void {
  const { outgoing } = channel as unknown as { readonly outgoing: { readonly id: number } };
  const { _protocol: protocol } = connection as unknown as {
    readonly _protocol: { channelData(id: number, data: Buffer): void };
  };
  channel.eof = () => {};
  channel.close = () => {};
  let isOver = false;
  connection.once("close", () => {
    isOver = true;
  });
  const more = () => {
    if (!isOver) {
      protocol.channelData(outgoing.id, Buffer.alloc(30_000));
      setImmediate(more);
    }
  };
  more();
}

function end(channel: ServerChannel, exitCode: number): void {
  channel.exit(exitCode);
  channel.end();
}

describe("a node's shell", () => {
  test("gives a command's output of both kinds and its exit code, also when all comes at once", async () => {
    const port = await serve(({ channel }) => {
      channel.write("out\n");
      channel.stderr.write("err\n");
      end(channel, 3);
    });
    const { exitCode, output } = await (await shellAt(port)).run("x");
    expect({ exitCode, output: output.split("\n").sort() }).toEqual({ exitCode: 3, output: ["", "err", "out"] });
  });

  test("sends folder, environment and command so that bash reads just what was meant", async () => {
    const sent: Call[] = [];
    const port = await serve((call) => {
      sent.push(call);
      end(call.channel, 0);
    });
    const shell = await shellAt(port);
    await shell.run(`echo 'a' "$B"`, { directory: "/a b", environment: { B: "it's" } });
    await shell.run("x", { output: "terminal" });
    await shell.run("x", { timeoutSeconds: 0.5 });
    expect(sent.map(({ command }) => command)).toEqual([
      `cd -- '/a b' || exit 125\nexport B='it'\\''s'\nexec timeout --kill-after=5 125 bash -c 'echo '\\''a'\\'' "$B"'`,
      "exec bash -c x",
      "exec timeout --kill-after=5 6 bash -c x",
    ]);
    expect(sent.map(({ terminal }) => terminal?.cols)).toEqual([undefined, 200, undefined]);
  });

  test("writes a file by the command's input, and tells why it could not", async () => {
    const written: string[] = [];
    const port = await serve(({ command, channel }) => {
      channel.on("data", (chunk: Buffer) => written.push(chunk.toString()));
      channel.on("end", () => {
        channel.stderr.write("disk full\n");
        end(channel, command.includes("full") ? 1 : 0);
      });
    });
    const shell = await shellAt(port);
    await shell.write("index.js", "x\n");
    expect(written).toEqual(["x\n"]);
    await expect(shell.write("full", "y")).rejects.toThrow("full cannot be written: disk full");
  });

  test("stops a command that takes too long, and says so", async () => {
    const port = await serve(({ channel }) => channel.write("so far"));
    const { exitCode, output } = await (await shellAt(port)).run("sleep", { timeoutSeconds: 0.3 });
    expect(exitCode).toBe(124);
    expect(output).toMatch(/^so far\n\(no end after 0\.\d+ s\)$/);
  });

  test("stops a command that writes too much at once, keeps its beginning, and says so", async () => {
    const closed = vi.fn();
    const port = await serve(({ channel }) => {
      channel.on("close", closed).resume();
      writeWithoutEnd(channel);
    });
    const { exitCode, output, seconds } = await (await shellAt(port)).run("cat /dev/zero", {
      maxOutputBytes: 200_000,
    });
    expect(exitCode).toBe(123);
    expect(output).toBe(`${"\0".repeat(200_000)}\n(stopped: it wrote more than 195 KB, the rest is left out)`);
    expect(seconds).toBeLessThan(30);
    await vi.waitUntil(() => closed.mock.calls.length > 0, { timeout: 5000 });
  });

  test("counts output and errors together, and has a limit where none is given", async () => {
    const port = await serve(({ channel, command }) => {
      channel.write("x".repeat(600_000));
      channel.stderr.write("y".repeat(command.includes("more") ? 600_000 : 400_000));
      end(channel, 0);
    });
    const shell = await shellAt(port);
    const some = await shell.run("some");
    expect([some.exitCode, some.output.length]).toEqual([0, 1_000_000]);
    const more = await shell.run("more");
    expect(more.exitCode).toBe(123);
    expect(more.output.length).toBeLessThan(1_048_576 + 100);
  });

  test("leaves a command alone that writes just what it may, also in very small pieces", async () => {
    const port = await serve(({ channel }) => {
      "0123456789".split("").forEach((digit) => void channel.write(digit));
      end(channel, 0);
    });
    const shell = await shellAt(port);
    expect(await shell.run("x", { maxOutputBytes: 10 })).toMatchObject({ exitCode: 0, output: "0123456789" });
    expect(await shell.run("x", { maxOutputBytes: 9 })).toMatchObject({ exitCode: 123 });
  });

  test("hangs up on a node that goes on sending what nobody reads", async () => {
    const lost = vi.fn();
    const port = await serve(({ channel, connection }) => {
      connection.once("close", lost);
      floodWith(channel, connection);
    });
    await (await shellAt(port)).run("cat /dev/zero", { maxOutputBytes: 1000 });
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), { timeout: 20_000 });
  }, 30_000);

  test("stops a command when its signal says so", async () => {
    const abort = new AbortController();
    const port = await serve(() => abort.abort(new Error("enough")));
    await expect((await shellAt(port)).run("sleep", { signal: abort.signal })).rejects.toThrow("enough");
  });

  test("tells of a connection that is lost in the middle of a command, and at once of the next one", async () => {
    const port = await serve(({ connection }) => connection.end());
    const shell = await shellAt(port);
    const message = `The node at root@127.0.0.1:${port} cannot be reached: the connection was lost at "docker version".`;
    await expect(shell.run("docker version")).rejects.toThrow(message);
    await expect(shell.run("docker version")).rejects.toThrow(message);
  });

  test.for([
    ["refuse", "(SSH) Channel open failure: "],
    ["hang up", "No response from server"],
    ["say nothing", "no answer within 1 s"],
  ] as const)("tells when a command cannot even be started: %s", async ([greet, reason]) => {
    const port = await serve(() => {}, greet);
    await expect((await shellAt(port)).run("ls", { timeoutSeconds: 1 })).rejects.toThrow(
      `The node at root@127.0.0.1:${port} cannot be reached: "ls" could not be started there (${reason}`,
    );
  });

  test("takes no other host key than the pinned one", async () => {
    const port = await serve(() => {});
    await expect(shellAt(port, { hostKey: OTHER_KEY.public })).rejects.toThrow(
      /its host key is not the one that lab created/,
    );
  });

  test("says when nobody answers", async () => {
    const port = await freePort();
    await expect(shellAt(port)).rejects.toThrow(
      new RegExp(`^The node at root@127\\.0\\.0\\.1:${port} cannot be reached: .*ECONNREFUSED`),
    );
  });

  test.for([
    ["a key that is none", { privateKey: "nonsense" }, /The SSH key for the nodes cannot be read/],
    ["a public key in the private one's place", { privateKey: USER_KEY.public }, /must be a private key/],
    ["a host key that is none", { hostKey: "nonsense" }, /must be one line such as/],
    [
      "a host key of another type",
      { hostKey: utils.generateKeyPairSync("rsa", { bits: 2048 }).public },
      /is of type ssh-rsa/,
    ],
  ] as const)("refuses %s", async ([, more, message]) => {
    await expect(shellAt(1, more)).rejects.toThrow(message);
  });
});

describe("a session", () => {
  const options = { prompt: /^root@[0-9a-f]+:.*#$/u, timeoutSeconds: 0.5 };

  /** A shell as bash is on a terminal: it echoes, shows its prompt anew when the terminal's size is told, and ends at "exit". */
  async function bash(answers: Readonly<Record<string, string>>) {
    const port = await serve(({ channel }) => {
      channel.write("\x1b[?2004hroot@1a:/# ");
      channel.on("data", (chunk: Buffer) => {
        const typed = chunk.toString().trim();
        channel.write(`\rroot@1a:/# `);
        setTimeout(() => {
          channel.write(`${typed}\r\n\x1b[?2004l\r${answers[typed] ?? ""}`);
          if (typed === "exit") {
            end(channel, 0);
          } else if (typed !== "hang") {
            channel.write("\x1b[?2004hroot@1a:/# ");
          }
        }, 30);
      });
    });
    return (await shellAt(port)).open("docker run", options);
  }

  test("gives what came between the echo of a line and the next prompt, and the exit code at its end", async () => {
    const session = await bash({ figlet: "# hello\r\nroot@x # \r\n", exit: "exit\r\n" });
    expect(session.greeting).toMatchObject({ output: "" });
    expect(await session.type("figlet")).toMatchObject({ output: "# hello\nroot@x #" });
    expect(await session.type("true")).toMatchObject({ output: "" });
    expect(await session.type("exit")).toMatchObject({ output: "exit\n", exitCode: 0 });
  });

  test("does not wait for ever for a prompt", async () => {
    const session = await bash({});
    const { exitCode, output } = await session.type("hang");
    expect(exitCode).toBe(124);
    expect(output).toMatch(/\(no prompt after 0\.\d+ s\)$/);
  });

  test("ends a program that writes too much before it asks for the next line", async () => {
    const port = await serve(({ channel }) => {
      channel.write("root@1a:/# ");
      channel.once("data", () => {
        channel.write("yes\r\n");
        writeWithoutEnd(channel);
      });
    });
    const session = await (await shellAt(port)).open("docker run", {
      ...options,
      timeoutSeconds: 60,
      maxOutputBytes: 50_000,
    });
    const { exitCode, output } = await session.type("yes");
    expect(exitCode).toBe(123);
    expect(output.endsWith("\n(stopped: it wrote more than 48 KB, the rest is left out)")).toBe(true);
    expect(output.length).toBeLessThan(51_000);
  });

  test("is not looked at for a prompt once for each small piece of what it shows", async () => {
    let looks = 0;
    const prompt = {
      test: (line: string) => {
        looks += 1;
        return line.endsWith("#");
      },
    };
    const pieces = 3000;
    const port = await serve(({ channel }) => {
      channel.write("#");
      channel.once("data", async () => {
        channel.write("go\r\n");
        channel.write("x".repeat(200_000));
        for (let piece = 0; piece < pieces; piece += 1) {
          channel.write("y");
          await new Promise(setImmediate);
        }
        channel.write("\r\n#");
      });
    });
    const session = await (await shellAt(port)).open("docker run", { prompt, timeoutSeconds: 60 });
    looks = 0;
    expect((await session.type("go")).output.length).toBe(200_000 + pieces);
    expect(looks).toBeLessThan(pieces / 3);
  });

  test("tells of a connection that is lost while it waits", async () => {
    const port = await serve(({ channel, connection }) => {
      channel.write("root@1a:/# ");
      channel.on("data", () => connection.end());
    });
    const session = await (await shellAt(port)).open("docker run", options);
    await expect(session.type("ls")).rejects.toThrow('the connection was lost at "docker run"');
  });

  test("stops when its signal says so", async () => {
    const abort = new AbortController();
    const port = await serve(() => abort.abort(new Error("enough")));
    await expect(
      (await shellAt(port)).open("docker run", { ...options, timeoutSeconds: 90, signal: abort.signal }),
    ).rejects.toThrow("enough");
  });

  test("that never begins gives its exit code", async () => {
    const port = await serve(({ channel }) => {
      channel.write("No such image\r\n");
      end(channel, 125);
    });
    const session = await (await shellAt(port)).open("docker run", options);
    expect(session.greeting).toMatchObject({ output: "No such image\n", exitCode: 125 });
  });
});

test.for([
  ["root@1:/# ls\nfile\nroot@1:/# ", "ls", "file\nroot@1:/# "],
  ["ls\n", "ls", ""],
  ["root@1:/# l", "ls", undefined],
  ["root@1:/# ls", "ls", undefined],
  ["hello", "", "hello"],
] as const)("what follows the echo in %j", ([shown, typed, after]) => {
  expect(afterEcho(shown, typed)).toBe(after);
});
