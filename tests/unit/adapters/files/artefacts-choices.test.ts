import { expect, test } from "vitest";
import { registryReachable, releaseReachable } from "../../../../adapters/files/artefacts/choices";
import { RecordingReporter } from "../pulumi/find-engine-support";

test.each([true, false])("what the probes found is reported and returned: %s", async (reachable) => {
  const reporter = new RecordingReporter();
  const probe = async (url: string) => ({ reachable, detail: `the detail of ${url}` });
  expect(await registryReachable(reporter, probe)).toBe(reachable);
  expect(await releaseReachable({ version: "0.74.0", url: "https://example.com/trivy" }, reporter, probe)).toBe(
    reachable,
  );
  expect(reporter.lines).toEqual([
    "Docker Hub: the detail of https://registry-1.docker.io/v2/",
    "release of Trivy 0.74.0: the detail of https://example.com/trivy",
  ]);
});
