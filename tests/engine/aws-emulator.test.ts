import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { execa } from "execa";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startAwsEmulator } from "../support/aws/emulator";

const START =
  'require("./tests/support/aws/emulator").startAwsEmulator().then(({ endpoint }) => console.log(endpoint))';

describe("the emulated account", () => {
  test("forgets everything when it stops, and two of them know nothing of one another", async () => {
    const [first, second] = await Promise.all([startAwsEmulator(), startAwsEmulator({ images: [LOCKED] })]);
    onTestFinished(async () => void (await Promise.all([first.stop(), second.stop()])));
    const images = async (emulator: typeof first) => {
      const { Images: found = [] } = await emulator.ec2("us-east-1").send(new DescribeImagesCommand({}));
      return found.map(({ ImageId }) => ImageId);
    };
    expect(await images(second)).toContain(LOCKED.id);
    expect(await images(first)).not.toContain(LOCKED.id);
    await first.stop();
    await expect(fetch(first.endpoint)).rejects.toThrow();
    expect(await images(second)).toContain(LOCKED.id);
  });

  test("ends with the process that started it, even when that is killed", async () => {
    const starter = execa(process.execPath, ["--require", "tsx/cjs", "--eval", START], { reject: false });
    const endpoint = await new Promise<string>((resolve) => {
      starter.stdout?.once("data", (line: Buffer) => resolve(line.toString().trim()));
    });
    expect((await fetch(endpoint)).status).toBeLessThan(500);
    starter.kill("SIGKILL");
    await starter;
    await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow(), { timeout: 10_000, interval: 100 });
  });
});

const LOCKED = { id: "ami-0a0000000000000ac", region: "us-east-1", architecture: "x86_64" } as const;
