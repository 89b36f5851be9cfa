import { useState } from "preact/hooks";
import type { WallSeat } from "../protocol";
import { ask, errorMessage } from "./api";

/** Sends a message to one student, or to all. */
export function WallMessage({ seats }: { readonly seats: readonly WallSeat[] }) {
  const [seat, setSeat] = useState("");
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<string>();
  const send = async () => {
    try {
      const { told } = await ask<{ told: number }>("/api/wall/message", { text, ...(seat === "" ? {} : { seat }) });
      setAnswer(
        told === 0 ? "No browser is connected to show it." : `Shown in ${told} ${told === 1 ? "browser" : "browsers"}.`,
      );
      setText("");
    } catch (error) {
      setAnswer(errorMessage(error));
    }
  };
  return (
    <form
      class="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for="to">Message to</label>
      <select id="to" value={seat} onChange={({ currentTarget }) => setSeat(currentTarget.value)}>
        <option value="">everyone</option>
        {seats.map((known) => (
          <option key={known.seat}>{known.seat}</option>
        ))}
      </select>
      <input
        aria-label="Text of the message"
        value={text}
        required
        maxLength={500}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="primary">
        Send
      </button>
      <span role="status">{answer}</span>
    </form>
  );
}
