import { describe, expect, it } from "vitest";
import { localCommand } from "../../../../airgap/plugins/command/local";
import { type PropertyMap, UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { testContext } from "./command-context";

const create = (inputs: PropertyMap, context = testContext()) => localCommand.create(undefined, inputs, context);
const update = (old: PropertyMap, inputs: PropertyMap) =>
  localCommand.update?.(undefined, { id: "x", properties: old }, inputs, testContext());

describe("command.local.Command", () => {
  it("runs create with environment and standard input, and gives both streams", async () => {
    const inputs = { create: 'echo "$A-$(cat)"; echo oops >&2', environment: { A: "1" }, stdin: "in" };
    const created = await create(inputs);
    expect(created.properties).toEqual({ ...inputs, stdout: "1-in", stderr: "oops" });
    expect(created.id).toMatch(/^wash[0-9a-f]{8}$/);
  });

  it("cuts one trailing line end off, not all of them", async () => {
    expect((await create({ create: "printf 'a\\n\\n'" })).properties["stdout"]).toBe("a\n");
  });

  it("runs in the given folder, under the given interpreter", async () => {
    const inputs = { create: "process.stdout.write(process.cwd())", interpreter: [process.execPath, "-e"], dir: "/" };
    expect((await create(inputs)).properties["stdout"]).toBe("/");
  });

  it("does nothing without a create command", async () => {
    expect((await create({ delete: "false" })).properties).toMatchObject({ stdout: "", stderr: "" });
  });

  it("stops a command that writes without end", async () => {
    await expect(create({ create: "yes", logging: "none" })).rejects.toThrow(
      "the command wrote more than 16 MB and was stopped",
    );
  });

  it("shows lines while it runs, as far as logging asks for them", async () => {
    const command = { create: "echo out; echo err >&2; printf rest" };
    const context = testContext();
    await create({ ...command, logging: "stdout" }, context);
    expect(context.lines).toEqual(["out", "rest"]);
    const silent = testContext();
    expect((await create({ ...command, logging: "none" }, silent)).properties["stderr"]).toBe("err");
    expect(silent.lines).toEqual([]);
  });

  it("fails with status, command and everything that was written, in the official form", async () => {
    const failing = create({ create: 'echo out; echo "bad" >&2; exit 3' });
    await expect(failing).rejects.toThrow('exit status 3: running "echo out; echo \\"bad\\" >&2; exit 3":\nout\nbad\n');
  });

  it("says when the interpreter does not exist", async () => {
    await expect(create({ create: "x", interpreter: ["/no/such/shell"] })).rejects.toThrow(/\/no\/such\/shell ENOENT/);
  });

  it("stops what the command started, too, when cancelled", async () => {
    const context = testContext();
    // The sleep holds the output open: without its own end there would be none within the time of a test.
    const running = create({ create: "sleep 30 & echo started; wait" }, context);
    await expect.poll(() => context.lines.length).toBe(1);
    context.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
  });

  it("runs update with the output of the run before, or create again without one", async () => {
    const old = { create: "echo new", stdout: "before", stderr: "warned" };
    const updated = await update(old, {
      create: "false",
      update: 'echo "$PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"',
    });
    expect(updated?.["stdout"]).toBe("before warned");
    expect((await update(old, { create: "echo new" }))?.["stdout"]).toBe("new");
    expect((await update(old, { delete: "true" }))?.["stdout"]).toBe("before");
  });

  it("keeps the output of the run before to itself when told so", async () => {
    const inputs = { update: 'echo "got $PULUMI_COMMAND_STDOUT"', addPreviousOutputInEnv: false };
    expect((await update({ stdout: "before" }, inputs))?.["stdout"]).toBe("got ");
  });

  it("runs delete with its own inputs", async () => {
    const properties = { delete: '[ "$A$PULUMI_COMMAND_STDOUT" = 1x ]', environment: { A: "1" }, stdout: "x" };
    await localCommand.delete(undefined, { id: "x", properties }, testContext());
    const wrong = { ...properties, stdout: "y" };
    await expect(localCommand.delete(undefined, { id: "x", properties: wrong }, testContext())).rejects.toThrow(
      /exit status 1/,
    );
  });

  it("is replaced for other triggers and updated for any other change", () => {
    const old = { id: "x", properties: {}, inputs: { create: "a", triggers: [1] } };
    expect(localCommand.diff(old, { create: "a", triggers: [2] }).replaces).toEqual(["triggers"]);
    expect(localCommand.diff(old, { create: "b", triggers: [1] })).toMatchObject({ changed: ["create"], replaces: [] });
    expect(localCommand.diff(old, { create: "a", triggers: [UNKNOWN] }).replaces).toEqual(["triggers"]);
  });

  it("previews its output as unknown", () => {
    expect(localCommand.preview({ create: "a" })).toEqual({ create: "a", stdout: UNKNOWN, stderr: UNKNOWN });
  });

  it("fills in the official default and refuses a wrong logging", () => {
    const checked = localCommand.check?.({ create: "a", logging: "loud" });
    expect(checked?.inputs).toEqual({ create: "a", logging: "loud", addPreviousOutputInEnv: true });
    expect(checked?.failures.map(({ reason }) => reason)).toEqual([
      'logging is "loud"; it must be one of stdout, stderr, stdoutAndStderr, none',
    ]);
  });

  it("does not claim to implement assets", () => {
    expect(localCommand.inputs).not.toContain("assetPaths");
    expect(localCommand.inputs).not.toContain("archivePaths");
  });
});
