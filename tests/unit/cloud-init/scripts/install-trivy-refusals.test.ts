import { chmodSync, mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { placeOf, TrivyRoom, trivyOf } from "./trivy-room";

const onLinux = describe.runIf(process.platform === "linux");

onLinux("install-trivy.sh refuses, with the setting's name first", () => {
  const ZEROS = "0".repeat(64);
  const archive = "artefacts/trivy.tar.gz";
  const failures: [string, (room: TrivyRoom) => ReturnType<TrivyRoom["install"]>, RegExp | string][] = [
    [
      "an archive with another sum",
      (room) => room.install(room.plan({ sha256: ZEROS })),
      new RegExp(`^install-trivy: trivy\\.sha256: ${archive} has the sum [0-9a-f]{64}, expected ${ZEROS}\n$`),
    ],
    [
      "a truncated archive",
      (room) => {
        room.run(`head -c 100 ${archive} > cut; mv cut ${archive}`, {});
        return room.install(room.plan());
      },
      /^install-trivy: trivy\.archive: artefacts\/trivy\.tar\.gz cannot be unpacked: .*unexpected end of file.*\n$/,
    ],
    [
      "an archive without Trivy",
      (room) => {
        room.pack(archive, { LICENSE: "free" });
        return room.install(room.plan());
      },
      /^install-trivy: trivy\.archive: .* cannot be unpacked: tar: trivy: Not found in archive.*\n$/,
    ],
    [
      "another version",
      (room) => {
        room.pack(archive, { trivy: trivyOf("0.73.0") });
        return room.install(room.plan());
      },
      "install-trivy: trivy.archive: artefacts/trivy.tar.gz holds Trivy 0.73.0, this lab is made for 0.74.0\n",
    ],
    [
      "a program that does not start",
      (room) => {
        room.pack(archive, { trivy: "#!/nowhere" });
        return room.install(room.plan());
      },
      /^install-trivy: trivy\.archive: artefacts\/trivy\.tar\.gz holds Trivy of no version that it tells, this lab/,
    ],
    [
      "a URL that does not answer",
      (room) => {
        room.program("wget", "echo 'failed: Connection refused.' >&2; exit 4");
        return room.install(room.plan({ archive: "http://mirror.example/trivy.tar.gz" }));
      },
      "install-trivy: trivy.archive: http://mirror.example/trivy.tar.gz cannot be downloaded: failed: Connection refused.\n",
    ],
    [
      "a database with another sum",
      (room) => room.install(room.plan({ database: room.baked("artefacts/db.tar.gz", ZEROS) })),
      new RegExp(
        `^install-trivy: trivy\\.databaseSha256: artefacts/db.tar.gz has the sum [0-9a-f]{64}, expected ${ZEROS}\n$`,
      ),
    ],
    [
      "a database that is older than Trivy accepts",
      (room) => {
        room.pack("artefacts/db.tar.gz", { "trivy.db": "old", "metadata.json": '{"Version":1}' });
        return room.install(room.plan());
      },
      "install-trivy: trivy.databaseArchive: the database has the schema 1, Trivy 0.74.0 takes 2\n",
    ],
    [
      "a database without metadata",
      (room) => {
        room.pack("artefacts/db.tar.gz", { "trivy.db": "bare" });
        return room.install(room.plan());
      },
      /^install-trivy: trivy\.databaseArchive: artefacts\/db\.tar\.gz cannot be unpacked: tar: metadata\.json: Not found/,
    ],
    [
      "a folder that is no database",
      (room) => {
        mkdirSync(room.path("artefacts/db"));
        return room.install(room.plan({ database: room.baked("artefacts/db", ZEROS) }));
      },
      "install-trivy: trivy.databaseArchive: there is no trivy.db in artefacts/db\n",
    ],
  ];
  test.each(failures)("%s", (_, install, message) => {
    const room = new TrivyRoom();
    const { status, stdout, stderr } = install(room);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(message);
    expect(placeOf(room)).toMatchObject({ database: false, leftovers: [] });
  });

  test.each([["0.69.4"], ["0.69.5"], ["0.69.6"]])("Trivy %s, whatever its sum", (version) => {
    const room = new TrivyRoom();
    room.pack("artefacts/trivy.tar.gz", { trivy: trivyOf(version) });
    const message = `install-trivy: trivy.archive: Trivy ${version} carried malware and is never installed\n`;
    expect(room.install(room.plan({ version })).stderr).toBe(message);
    const url = `https://mirror.example/v${version}/trivy.tar.gz`;
    expect(room.install(room.plan({ archive: url })).stderr).toBe(message);
    expect(placeOf(room)).toEqual({ program: false, database: false, leftovers: [] });
  });

  test.each([["10.69.4"], ["0.69.45"], ["1.0.69.4"]])(
    "nothing for a version that merely looks like those: %s",
    (version) => {
      const room = new TrivyRoom();
      room.run(`cp artefacts/trivy.tar.gz artefacts/trivy-${version}.tar.gz`, {});
      expect(room.install(room.plan({ archive: room.path(`artefacts/trivy-${version}.tar.gz`) })).status).toBe(0);
    },
  );

  const fullDisk: [string, string, string, RegExp][] = [
    [
      "while Trivy is unpacked",
      "tar",
      'echo "tar: trivy: Wrote only 512 of 10240 bytes: No space left on device" >&2; exit 2',
      /trivy\.archive: .* cannot be unpacked: .*No space left on device\n$/,
    ],
    [
      "before anything",
      "mktemp",
      'echo "mktemp: No space left on device" >&2; exit 1',
      /No space left on device\ninstall-trivy: trivy\.archive: failed, for the reason above\n$/,
    ],
    [
      "when the database is put in place",
      "mv",
      '[[ "$*" != *store/db ]] && exec /bin/mv "$@"; echo "mv: No space left on device" >&2; exit 1',
      /No space left on device\ninstall-trivy: trivy\.databaseArchive: failed, for the reason above\n$/,
    ],
  ];
  test.each(fullDisk)("to go on when the disk is full %s", (_, program, body, message) => {
    const room = new TrivyRoom();
    room.program(program, body);
    const { status, stderr } = room.install(room.plan());
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
    // Room was made: the next run ends well.
    chmodSync(room.path(`bin/${program}`), 0o644);
    expect(room.install(room.plan())).toMatchObject({ status: 0, stderr: "" });
    expect(placeOf(room)).toEqual({ program: true, database: true, leftovers: [] });
  });
});
