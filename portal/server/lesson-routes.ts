import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { z } from "zod";
import { LabError } from "../../core/errors";
import type { CheckAnswer, LessonAnswer } from "../protocol";
import { bodyOf, refuse } from "./headers";
import { findTask, lessonView } from "./lesson-view";
import { checkStep, commandFor, NotYet, writeFile } from "./lesson-work";
import { noteCheck, progressOf } from "./progress";
import { isMachineId } from "./roster-schema";
import { Busy, SeatTurns } from "./seat-turns";
import { type PortalServices, recordingOf } from "./services";
import { type PortalEnvironment, withSeat } from "./session-auth";
import type { Terminals } from "./terminals";

/** Delay of the answer, which slows down a page that repeats its request immediately. */
const BUSY_MILLISECONDS = 1000;

const taskSchema = z.object({ task: z.string().max(20) });
const fileSchema = taskSchema.extend({ existing: z.enum(["keep", "replace"]) });
const stepSchema = z.object({ step: z.string().max(20) });

/** Routes for the lesson of one seat: its text, commands, files and checks. */
export function lessonRoutes(services: PortalServices, terminals: Terminals): Hono<PortalEnvironment> {
  const { roster, lesson, nodes, seats } = services;
  const turns = new SeatTurns();
  const routes = new Hono<PortalEnvironment>();
  routes.use(withSeat(services));
  routes.onError(async (error, context) => {
    if (error instanceof NotYet) {
      return refuse(context, 409, error.message);
    }
    if (error instanceof Busy) {
      await sleep(BUSY_MILLISECONDS, undefined, { ref: false });
      return refuse(context, 429, error.message);
    }
    if (error instanceof LabError) {
      return refuse(context, 503, "Your machine does not answer. See the message above the terminal, then try again.");
    }
    throw error;
  });

  routes.get("/", (context) => {
    const seat = context.get("seat");
    const hostname = seats.hostname(seat);
    const progress = progressOf(roster.read(), seat, lesson.name);
    const steps = lessonView(lesson.steps, hostname);
    return context.json<LessonAnswer>({ seat, recording: recordingOf(services), hostname, progress, steps });
  });

  routes.post("/command", async (context) => {
    const request = await bodyOf(context, taskSchema);
    const task = findTask(lesson.steps, request?.task);
    if (task?.kind !== "command") {
      return refuse(context, 404, "This command is not in the lesson.");
    }
    const seat = context.get("seat");
    const answer = await turns.take(seat, async () => commandFor((await nodes.node(seat)).shell, task));
    return context.json(answer);
  });

  routes.post("/file", async (context) => {
    const request = await bodyOf(context, fileSchema);
    const task = findTask(lesson.steps, request?.task);
    if (request === undefined || task?.kind !== "file") {
      return refuse(context, 404, "This file is not in the lesson.");
    }
    const seat = context.get("seat");
    terminals.noteActivity(seat);
    const write = async () => writeFile((await nodes.node(seat)).shell, task, request.existing);
    return context.json(await turns.take(seat, write));
  });

  routes.post("/check", async (context) => {
    const request = await bodyOf(context, stepSchema);
    const step = lesson.steps.find(({ id }) => id === request?.step);
    if (step === undefined) {
      return refuse(context, 404, "This step is not in the lesson.");
    }
    const seat = context.get("seat");
    terminals.noteActivity(seat);
    const { machine, result } = await turns.take(seat, async () => {
      const node = await nodes.node(seat);
      if (!isMachineId(node.machine)) {
        throw new NotYet(
          "/etc/machine-id on your machine is invalid, so checks cannot be recorded. Ask your instructor.",
        );
      }
      return { machine: node.machine, result: await checkStep(node.shell, lesson.checks[step.id] ?? []) };
    });
    const noted = { seat, machine, lesson: lesson.name, step: step.id, outcome: result.outcome };
    const updated = roster.update((before) => noteCheck(before, noted, services.now()));
    return context.json<CheckAnswer>({ ...result, progress: progressOf(updated, seat, lesson.name) });
  });
  return routes;
}
