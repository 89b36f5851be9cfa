import type { LabClone } from "./lab-clone";
import { onNode } from "./lab-facts";

/** When a lab's only machine switches itself off, as systemd on it counts. Rejects while there is no such time. */
export async function timerOf(lab: LabClone): Promise<Date> {
  const show = ["systemctl", "show", "--property=NextElapseUSecRealtime", "--value", "lab-nodes-expire.timer"];
  const said = (await onNode(lab, ...show)).trim();
  // "Tue 2026-12-01 18:00:00 UTC"
  const time = new Date(said.replace(/^\w+ /, ""));
  if (Number.isNaN(time.getTime())) {
    throw new Error(`the timer on the machine has no next time: "${said}"`);
  }
  return time;
}
