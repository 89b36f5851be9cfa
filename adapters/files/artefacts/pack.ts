import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import tar from "tar-fs";

// Any day will do but the first of 1970, of which tar complains.
const DAY = new Date("2020-01-01T00:00:00Z");

/** Place of a gzip header's byte that names the operating system, and its value for "unknown". */
const SYSTEM = { offset: 9, unknown: 255 };

/** What goes into an archive. */
export interface Contents {
  readonly folder: string;
  /** Names of the files, in order. */
  readonly files: readonly string[];
  /** Level of gzip, from 0. Compressors of other machines may give other bytes; at level 0 they have nothing to do. */
  readonly level: number;
}

/** Packs files into a .tar.gz that is the same wherever and whenever the files are. */
export async function packArchive({ folder, files, level }: Contents, archive: string): Promise<void> {
  const packed = tar.pack(folder, {
    entries: [...files],
    map: (header) => ({
      ...header,
      // Whatever this machine's umask made of it.
      mode: (header.mode ?? 0) & 0o100 ? 0o755 : 0o644,
      mtime: DAY,
      uid: 0,
      gid: 0,
      uname: "root",
      gname: "root",
    }),
  });
  await pipeline(packed, createGzip({ level }), createWriteStream(archive, { mode: 0o644 }));
  const file = await open(archive, "r+");
  try {
    await file.write(Uint8Array.of(SYSTEM.unknown), 0, 1, SYSTEM.offset);
  } finally {
    await file.close();
  }
}

/** SHA-256 sum of a file. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
