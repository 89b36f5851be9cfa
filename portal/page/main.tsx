import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SessionAnswer } from "../protocol";
import { ask, useRequest } from "./api";
import { Claim } from "./claim";
import { Lesson } from "./lesson";
import { Wall } from "./wall";
import "@xterm/xterm/css/xterm.css";
import "./page.css";

/** Seat in the instructor's address. */
const WATCHED = /^\/seat\/([^/]+)$/.exec(location.pathname)?.[1];

/** The page for this browser's role. */
function Page() {
  const [session, setSession] = useState<SessionAnswer>();
  const [reason, setReason] = useState<string>();
  const { problem, run } = useRequest();
  const load = () => run(async () => setSession(await ask<SessionAnswer>("/api/session")));
  // Once; claiming a seat loads the session again
  useEffect(() => void load(), []);
  useEffect(() => {
    document.title = titleOf(session);
  }, [session]);

  if (session === undefined) {
    return <main class="message">{problem ?? "Loading."}</main>;
  }
  const { lab, who, recording } = session;
  const onForbidden = () => {
    setReason("Your seat was freed, and another browser can claim it. To get it back, enter the code on your card.");
    void load();
  };
  if (who.role === "nobody") {
    return <Claim lab={lab} recording={recording} reason={reason} onClaimed={load} />;
  }
  if (who.role === "instructor" && WATCHED === undefined) {
    return <Wall />;
  }
  return <Lesson lab={lab} watched={who.role === "instructor" ? WATCHED : undefined} onForbidden={onForbidden} />;
}

function titleOf(session: SessionAnswer | undefined): string {
  const seat = session?.who.role === "student" ? session.who.seat : WATCHED;
  return [seat, session?.lab ?? "Lab"].filter((part) => part !== undefined).join(" · ");
}

const root = document.getElementById("page");
if (root !== null) {
  root.replaceChildren();
  render(<Page />, root);
}
