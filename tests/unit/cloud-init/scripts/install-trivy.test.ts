import { copyFileSync, lstatSync, mkdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { METADATA, placeOf, TrivyRoom, trivyOf } from "./trivy-room";

const onLinux = describe.runIf(process.platform === "linux");

onLinux("install-trivy.sh", () => {
  test("installs the archive's Trivy and the baked database, and says nothing", () => {
    const room = new TrivyRoom();
    expect(room.install(room.plan())).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(placeOf(room)).toEqual({ program: true, database: true, leftovers: [] });
    expect(statSync(room.path("usr/trivy")).mode & 0o777).toBe(0o755);
    expect(readlinkSync(room.path("local/trivy"))).toBe(room.path("usr/trivy.sh"));
    expect(room.read("store/db/trivy.db")).toBe("advisories");
    expect(room.read("store/db/metadata.json")).toBe(METADATA);
  });

  test("lets every user read the database, through a link where Trivy looks for it", () => {
    const room = new TrivyRoom();
    room.run("chmod 0600 packing/* && tar -czf artefacts/db.tar.gz -C packing trivy.db metadata.json", {});
    room.install(room.plan());
    expect(statSync(room.path("store/db/trivy.db")).mode & 0o777).toBe(0o644);
    expect(statSync(room.path("store/db")).mode & 0o777).toBe(0o755);
    for (const home of ["root", "student", "skel"]) {
      expect(readlinkSync(room.path(`${home}/.cache/trivy/db`))).toBe(room.path("store/db"));
    }
  });

  test("makes an empty Java database that every user can read, and keeps the one that is there", () => {
    const room = new TrivyRoom();
    room.install(room.plan());
    expect(statSync(room.path("store/java-db")).mode & 0o777).toBe(0o755);
    expect(statSync(room.path("store/java-db/trivy-java.db")).mode & 0o777).toBe(0o644);
    expect(JSON.parse(room.read("store/java-db/metadata.json"))).toMatchObject({ Version: 1 });
    const tables =
      "import sqlite3; print(sqlite3.connect('store/java-db/trivy-java.db').execute('SELECT count(*) FROM artifacts, indices').fetchone())";
    expect(room.run(`python3 -c "${tables}"`, {}).stdout).toBe("(0,)\n");
    room.write("store/java-db/metadata.json", "real");
    room.install(room.plan());
    expect(room.read("store/java-db/metadata.json")).toBe("real");
  });

  test("puts the link in the place of a database of a user's own", () => {
    const room = new TrivyRoom();
    mkdirSync(room.path("student/.cache/trivy/db"), { recursive: true });
    writeFileSync(room.path("student/.cache/trivy/db/trivy.db"), "own");
    expect(room.install(room.plan()).status).toBe(0);
    expect(lstatSync(room.path("student/.cache/trivy/db")).isSymbolicLink()).toBe(true);
  });

  test("does nothing the second time, and puts back what is lost", () => {
    const room = new TrivyRoom();
    room.install(room.plan());
    const { ino } = statSync(room.path("usr/trivy"));
    // Artefacts are not even looked at.
    const plan = room.plan();
    room.run("rm artefacts/*", {});
    expect(room.install(plan).status).toBe(0);
    expect(statSync(room.path("usr/trivy")).ino).toBe(ino);
    room.run("rm -r store/db", {});
    expect(room.install(plan).stderr).toContain("trivy.databaseArchive: there is no artefacts/db.tar.gz on the node");
    room.run("rm usr/trivy", {});
    expect(room.install(plan).stderr).toContain("trivy.archive: there is no artefacts/trivy.tar.gz on the node");
  });

  test("takes a folder as the baked database", () => {
    const room = new TrivyRoom();
    mkdirSync(room.path("artefacts/db"));
    room.write("artefacts/db/trivy.db", "from a folder");
    room.write("artefacts/db/metadata.json", METADATA);
    const database = room.baked("artefacts/db", room.sumOf("artefacts/db/trivy.db"));
    expect(room.install(room.plan({ database })).status).toBe(0);
    expect(room.read("store/db/trivy.db")).toBe("from a folder");
  });

  test("takes a sample database, and keeps what it says of itself", () => {
    const room = new TrivyRoom();
    const metadata = '{"Version":2,"UpdatedAt":"2026-11-23T06:00:00Z","Sample":"A sample."}';
    room.pack("artefacts/sample.tar.gz", { "trivy.db": "few", "metadata.json": metadata });
    expect(room.install(room.plan({ database: room.baked("artefacts/sample.tar.gz") })).status).toBe(0);
    expect(room.read("store/db/metadata.json")).toBe(metadata);
  });

  test("replaces a database that the plan has no more", () => {
    const room = new TrivyRoom();
    room.install(room.plan());
    room.pack("artefacts/newer.tar.gz", { "trivy.db": "newer", "metadata.json": METADATA });
    expect(room.install(room.plan({ database: room.baked("artefacts/newer.tar.gz") })).status).toBe(0);
    expect(room.read("store/db/trivy.db")).toBe("newer");
  });

  test("downloads what is a URL", () => {
    const room = new TrivyRoom();
    copyFileSync(room.path("artefacts/trivy.tar.gz"), room.path("served.tar.gz"));
    room.program(
      "wget",
      `cp '${room.path("served.tar.gz")}' "$(sed 's/.*--output-document=\\(\\S*\\) .*/\\1/' <<< "$*")"`,
    );
    expect(room.install(room.plan({ archive: "https://mirror.example/trivy.tar.gz" }))).toMatchObject({ status: 0 });
    expect(room.read("wget.calls")).toMatch(/ -- https:\/\/mirror\.example\/trivy\.tar\.gz\n$/);
    expect(placeOf(room)).toEqual({ program: true, database: true, leftovers: [] });
  });
});

onLinux("the database from a registry", () => {
  const registry = (...repositories: string[]) => ({ kind: "registry", repositories }) as const;
  /** A Trivy that reaches no repository but this one. */
  const reaching = (repository: string) =>
    trivyOf(
      "0.74.0",
      `if [[ "$*" != *"${repository}" ]]; then echo "FATAL TOOMANYREQUESTS" >&2; exit 1; fi
    printf '${METADATA}' > "$4/db/metadata.json"; echo downloaded > "$4/db/trivy.db"`,
    );

  test("is downloaded once, by Trivy's own list", () => {
    const room = new TrivyRoom();
    expect(room.install(room.plan({ database: registry() }))).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(room.read("store/db/trivy.db")).toBe("downloaded\n");
    room.install(room.plan({ database: registry() }));
    expect(room.read("trivy.calls")).toMatch(/^--download-db-only --quiet --cache-dir \S+\n$/);
  });

  test("is downloaded from the first repository that gives it", () => {
    const room = new TrivyRoom();
    room.pack("artefacts/trivy.tar.gz", { trivy: reaching("two.example/db:2") });
    const database = registry("one.example/db:2", "two.example/db:2", "three.example/db:2");
    expect(room.install(room.plan({ database }))).toEqual({ status: 0, stdout: "", stderr: "" });
    const asked = room.read("trivy.calls").match(/\S+(?=\n)/g);
    expect(asked).toEqual(["one.example/db:2", "two.example/db:2"]);
  });

  test("fails with Trivy's words when none gives it", () => {
    const room = new TrivyRoom();
    room.pack("artefacts/trivy.tar.gz", { trivy: reaching("nowhere") });
    const { status, stderr } = room.install(room.plan({ database: registry("one.example/db:2") }));
    expect(status).toBe(1);
    expect(stderr).toBe(
      "install-trivy: trivy.databaseRepositories: the database cannot be downloaded: FATAL TOOMANYREQUESTS\n",
    );
    expect(placeOf(room)).toEqual({ program: true, database: false, leftovers: [] });
    expect(room.read("trivy.calls").match(/\n/g)).toHaveLength(4);
  });

  test("is asked for again, each time later, when the registry says that it is asked too often", () => {
    const room = new TrivyRoom();
    const busy = `if [ "$(wc -l < "$HOME/trivy.calls")" -lt 3 ]; then echo "FATAL TOOMANYREQUESTS" >&2; exit 1; fi
    printf '${METADATA}' > "$4/db/metadata.json"; echo downloaded > "$4/db/trivy.db"`;
    room.pack("artefacts/trivy.tar.gz", { trivy: trivyOf("0.74.0", busy) });
    expect(room.install(room.plan({ database: registry() }))).toEqual({ status: 0, stdout: "", stderr: "" });
    const [first = Number.NaN, second = Number.NaN, ...more] = room.read("sleep.calls").trim().split("\n").map(Number);
    expect(first >= 10 && first < 20 && second >= 20 && second < 40 && more.length === 0, `${first} ${second}`).toBe(
      true,
    );
  });

  test("is asked for once when another time would change nothing", () => {
    const room = new TrivyRoom();
    room.pack("artefacts/trivy.tar.gz", { trivy: trivyOf("0.74.0", 'echo "FATAL no such repository" >&2; exit 1') });
    expect(room.install(room.plan({ database: registry("one.example/db:2") })).stderr).toContain("no such repository");
    expect([room.read("trivy.calls").match(/\n/g)?.length, room.read("sleep.calls")]).toEqual([1, ""]);
  });

  test("is downloaded also in a login, which tells Trivy to skip that", () => {
    const room = new TrivyRoom();
    room.install(room.plan({ database: registry() }), { TRIVY_SKIP_DB_UPDATE: "true" });
    expect(room.read("trivy.calls")).toMatch(/^\S/);
    expect(room.read("trivy.calls")).not.toContain("skips");
  });
});
