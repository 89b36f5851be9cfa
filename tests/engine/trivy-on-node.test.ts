import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StackConfig } from "../../adapters/pulumi/stack-config";
import { settingAt } from "../../config/settings";
import lock from "../../lab.lock.json";
import { type CommandResult, type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess, onlyNode, onNode } from "../support/lab-facts";
import { classFolder, fileOf, oldDatabase, openMirror, type Supply, suppliedClone } from "./trivy-supply";

const ZEROS = "0".repeat(64);
const VERSION = `Version: ${lock.trivy.version}`;

/** Makes the image `java`, with two Java archives: Maven described one of them. */
const MAKE_JAVA_IMAGE = [
  "mkdir java && cd java",
  "python3 -c 'import zipfile",
  'with zipfile.ZipFile("demo-1.2.jar", "w") as described:',
  '    text = "groupId=org.example\\nartifactId=demo\\nversion=1.2\\n"',
  '    described.writestr("META-INF/maven/org.example/demo/pom.properties", text)',
  'with zipfile.ZipFile("other.jar", "w") as other:',
  '    other.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0")\'',
  "printf 'FROM scratch\\nCOPY *.jar /\\n' > Dockerfile",
  "docker image build --quiet --tag java .",
].join("\n");

/** What a lab says that did not come about because of its nodes. */
function expectRefusal({ exitCode, stderr }: CommandResult, ...words: string[]): void {
  expect(exitCode, stderr).toBe(1);
  for (const text of words) {
    expect(stderr).toContain(text);
  }
}

describe("settings of Trivy that a node refuses", () => {
  let lab: LabClone;
  let supply: Supply;

  beforeAll(async () => {
    ({ lab, supply } = await suppliedClone());
  });
  afterAll(() => lab.remove());

  test("a wrong sum: `lab up` fails with the sum that was found, the expected one, and the setting", async () => {
    const { archive, sha256 } = supply;
    supply.config.write(new Map([["trivy.archive", archive]]));
    supply.config.write(new Map([["trivy.sha256", ZEROS]]));
    expectRefusal(
      await lab.lab("up", "--no-verify"),
      "node1 is not ready: install-trivy: trivy.sha256: ",
      `has the sum ${sha256}, expected ${ZEROS}`,
    );
    const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
    expect(seats).toMatchObject([{ seat: "seat01", state: "not ready", images: [] }]);
  });

  test("a database that is too old: `lab up` fails with its schema, the one that is taken, and the setting", async () => {
    const folder = classFolder(supply);
    const database = oldDatabase(folder);
    const file = join(lab.directory, `Pulumi.${lab.stack}.yaml`);
    const before = readFileSync(file, "utf8");
    supply.config.write(
      new Map([
        ["artefacts.directory", folder],
        ["trivy.sha256", supply.sha256],
        ["trivy.database", "baked"],
        ["trivy.databaseArchive", database.name],
        ["trivy.databaseSha256", database.sha256],
      ]),
    );
    expectRefusal(
      await lab.lab("up", "--no-verify"),
      `trivy.databaseArchive: the database has the schema 1, Trivy ${lock.trivy.version} takes 2`,
    );
    writeFileSync(file, before);
  });

  test("once they are corrected, the next `lab up` goes on, and a student's scan works", async () => {
    supply.config.write(new Map([["trivy.sha256", supply.sha256]]));
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onNode(lab, "trivy", "--version")).toContain(VERSION);
    const scan = "trivy image --quiet --format json hello:v0.1";
    const report = JSON.parse(await onNode(lab, "runuser", "--login", "student", "--command", scan));
    expect(report).toMatchObject({ ArtifactName: "hello:v0.1", Results: expect.any(Array) });
    const [{ ready }] = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout).seats;
    expect(ready.trivy).toMatchObject({ version: lock.trivy.version, database: { version: 2 } });
  });

  test("a student's scan of an image with Java archives names those that Maven described, and does not end early", async () => {
    const scan = "trivy image --quiet --format json --list-all-pkgs java";
    expectSuccess(await lab.lab("ssh", "seat01", "su", "--login", "student", "--command", MAKE_JAVA_IMAGE));
    // As by SSH: `runuser` would leave out the settings that logins have.
    const report = JSON.parse(await onNode(lab, "su", "--login", "student", "--command", scan));
    const jars = report.Results.filter(({ Type }: { Type: string }) => Type === "jar");
    expect(jars).toMatchObject([{ Packages: [{ Name: "org.example:demo", Version: "1.2" }] }]);
  });

  test("logins tell Trivy to download nothing, under sudo too", async () => {
    const settings = "TRIVY_SKIP_DB_UPDATE=true";
    expect(await onNode(lab, "env")).toContain(settings);
    expect(await onNode(lab, "runuser", "--user", "student", "--", "sudo", "env")).toContain(settings);
  });
});

describe("an archive that is not there yet", () => {
  let lab: LabClone;
  let supply: Supply;

  beforeAll(async () => {
    ({ lab, supply } = await suppliedClone());
  });
  afterAll(() => lab.remove());

  test("is waited for by no one, and one `lab up` later the same machine goes on", async () => {
    const file = await fileOf(supply);
    const mirror = await openMirror(lab);
    supply.config.write(new Map([["trivy.archive", mirror.url]]));
    supply.config.write(new Map([["trivy.sha256", supply.sha256]]));

    expectRefusal(
      await lab.lab("up", "--no-verify"),
      `trivy.archive: ${mirror.url} cannot be downloaded: `,
      "Connection refused",
    );
    const node = await onlyNode(lab);

    const whole = readFileSync(file);
    await mirror.serve(whole.subarray(0, whole.length / 2));
    expectRefusal(await lab.lab("up", "--no-verify"), `trivy.sha256: ${mirror.url} has the sum `, supply.sha256);

    await mirror.serve(whole);
    expectSuccess(await lab.lab("up", "--no-verify"));
    expect(await onlyNode(lab)).toEqual(node);
    expect(await onNode(lab, "trivy", "--version")).toContain(VERSION);
  });
});

describe("two nodes from one lock file", () => {
  let lab: LabClone;

  beforeAll(async () => {
    lab = await makeLabClone();
    expectSuccess(await lab.lab("up", "--no-verify", "--seats", "2", "--ssh-port", String(lab.sshPort)));
  });
  afterAll(() => lab.remove());

  test("have the same packages, all of them", async () => {
    const { seats } = JSON.parse(expectSuccess(await lab.lab("status", "--json")).stdout);
    const [one, two] = seats;
    expect(two.ready.packages).toEqual(one.ready.packages);
    expect(two.ready.packagesSha256).toBe(one.ready.packagesSha256);
    const lists = ["seat01", "seat02"].map((seat) => onNode(lab, seat, "dpkg-query", "--show"));
    const [first, second] = await Promise.all(lists);
    expect(first?.split("\n").length).toBeGreaterThan(100);
    expect(second).toBe(first);
  });

  test("have hello:v0.1 on the same base layers", async () => {
    const layersOf = async (seat: string, image: string): Promise<string[]> =>
      JSON.parse(await onNode(lab, seat, "docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image));
    const base = settingAt(new StackConfig(lab.directory, lab.stack).read(), "images.base");
    const from = base === "debian" ? "debian:trixie" : "alpine:latest";
    const [first, second] = await Promise.all(["seat01", "seat02"].map((seat) => layersOf(seat, from)));
    expect(first?.length).toBeGreaterThan(0);
    expect(second).toEqual(first);
    for (const seat of ["seat01", "seat02"]) {
      expect((await layersOf(seat, "hello:v0.1")).slice(0, first?.length)).toEqual(first);
    }
  });
});
