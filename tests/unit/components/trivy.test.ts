import { describe, expect, test } from "vitest";
import { trivyInstallation } from "../../../components/installations";
import type { MachineKind } from "../../../core/machine";
import lock from "../../../lab.lock.json";

const AMD64: MachineKind = { platform: "linux/amd64", artefactDirectory: undefined };
const WITH_FOLDER: MachineKind = { ...AMD64, artefactDirectory: "/opt/lab-nodes/artefacts" };
const SHA256 = "5e".repeat(32);
const DATABASE_SHA256 = "db".repeat(32);

describe("trivyInstallation", () => {
  test.each(["linux/amd64", "linux/arm64"] as const)("is the release that lab.lock.json pins for %s", (platform) => {
    const { url, sha256 } = lock.trivy.archives[platform];
    expect(trivyInstallation({ database: "registry" }, { ...AMD64, platform })).toEqual({
      version: lock.trivy.version,
      archive: url,
      sha256,
      database: { kind: "registry", repositories: [] },
    });
  });

  test("has an archive of the class's own by its path on the node", () => {
    const settings = { archive: "trivy.tar.gz", sha256: SHA256, database: "registry" } as const;
    expect(trivyInstallation(settings, WITH_FOLDER)).toMatchObject({
      archive: "/opt/lab-nodes/artefacts/trivy.tar.gz",
      sha256: SHA256,
    });
  });

  test("leaves the URL of a mirror as it is", () => {
    const archive = "http://mirror.example/trivy.tar.gz";
    expect(trivyInstallation({ archive, sha256: SHA256, database: "registry" }, WITH_FOLDER)).toMatchObject({
      archive,
    });
  });

  test("has the database's repositories in their order", () => {
    const settings = { database: "registry", databaseRepositories: "two.example/db:2,one.example/db" } as const;
    expect(trivyInstallation(settings, AMD64).database).toEqual({
      kind: "registry",
      repositories: ["two.example/db:2", "one.example/db"],
    });
  });

  test("has a baked database with its sum", () => {
    const settings = { database: "baked", databaseArchive: "db", databaseSha256: DATABASE_SHA256 } as const;
    expect(trivyInstallation(settings, WITH_FOLDER).database).toEqual({
      kind: "baked",
      archive: "/opt/lab-nodes/artefacts/db",
      sha256: DATABASE_SHA256,
    });
  });
});
