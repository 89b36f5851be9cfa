import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { unservedPlugins } from "../../../../adapters/pulumi/engine/air-gapped";
import type { EngineOptions } from "../../../../adapters/pulumi/engine/types";
import { neededPlugins } from "../../../../adapters/pulumi/open-stack";
import { recordedReporter, temporaryFolder } from "../../cli/support";

test("AWS's plugin is needed for that target alone", () => {
  const names = (target: "local" | "aws") => neededPlugins(resolve("."), target).map(({ name }) => name);
  expect(names("local")).toEqual(["docker", "cloudinit", "command", "tls"]);
  expect(names("aws")).toEqual(["docker", "cloudinit", "command", "tls", "aws"]);
});

test("the air-gapped engine has no plugin for AWS, unless somebody put one there", () => {
  const labDirectory = temporaryFolder();
  const plugins = neededPlugins(resolve("."), "aws");
  const options: EngineOptions = {
    labDirectory,
    programDirectory: resolve("."),
    plugins,
    environment: {},
    reporter: recordedReporter().reporter,
  };
  const [aws] = unservedPlugins(options);
  expect(aws?.name).toBe("aws");
  mkdirSync(join(labDirectory, "pulumi-home", "plugins", `resource-aws-v${aws?.version}`), { recursive: true });
  expect(unservedPlugins(options)).toEqual([]);
});
