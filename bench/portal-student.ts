import { request } from "node:https";
import { WebSocket } from "ws";
import type { ClientMessage, ServerMessage } from "../portal/protocol";

/** An echo that takes longer has not come. */
const LOST_MILLISECONDS = 10_000;

/** One browser of the class, as the page's script behaves, without a screen. */
export interface Student {
  type(text: string): void;
  /** Types a capital and waits until it is on the screen; gives milliseconds, Infinity for one that never came. */
  echo(mark: string): Promise<number>;
  /** How much text came for the screen, in characters and messages, since it was asked last. */
  received(): { readonly characters: number; readonly messages: number };
  close(): void;
}

/** Claims a seat, opens its terminal and waits for the prompt. */
export async function openStudent(
  url: string,
  code: string,
  size: { columns: number; rows: number },
): Promise<Student> {
  const cookie = await claim(url, code);
  const socket = new WebSocket(`${url.replace("https:", "wss:")}/terminal`, {
    rejectUnauthorized: false,
    headers: { origin: url, cookie },
  });
  const send = (message: ClientMessage) => socket.send(JSON.stringify(message));
  let [characters, messages] = [0, 0];
  let onScreen: (text: string) => void = () => {};
  const prompt = waitFor((done) => {
    let text = "";
    onScreen = (more) => {
      text = (text + more).slice(-2000);
      if (/\$ /.test(text)) {
        done();
      }
    };
  });
  socket.on("open", () => send({ kind: "size", ...size }));
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.kind === "screen") {
      characters += message.text.length;
      messages += 1;
      onScreen(message.text);
    }
  });
  const failed = new Promise<never>((_, reject) => socket.once("error", reject));
  if ((await Promise.race([prompt, failed])) === "lost") {
    throw new Error("a terminal of the portal came to no prompt");
  }
  return {
    type: (text) => send({ kind: "keys", text }),
    echo: async (mark) => {
      const start = performance.now();
      const shown = waitFor((done) => {
        onScreen = (text) => text.includes(mark) && done();
      });
      send({ kind: "keys", text: mark });
      const outcome = await shown;
      return outcome === "lost" ? Number.POSITIVE_INFINITY : performance.now() - start;
    },
    received: () => {
      const since = { characters, messages };
      [characters, messages] = [0, 0];
      return since;
    },
    close: () => socket.close(),
  };
}

function waitFor(begin: (done: () => void) => void): Promise<"came" | "lost"> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("lost"), LOST_MILLISECONDS);
    begin(() => {
      clearTimeout(timer);
      resolve("came");
    });
  });
}

/** Types a code on the claim page; gives the cookie. */
export function claim(url: string, code: string): Promise<string> {
  const body = JSON.stringify({ code });
  const headers = { origin: url, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/api/claim`, { method: "POST", rejectUnauthorized: false, headers }, (answer) => {
      answer.resume();
      const [cookie] = answer.headers["set-cookie"] ?? [];
      if (cookie === undefined) {
        reject(new Error(`the portal refused a code: ${answer.statusCode}`));
      } else {
        resolve(cookie.split(";", 1)[0] ?? "");
      }
    });
    asking.on("error", reject);
    asking.end(body);
  });
}
