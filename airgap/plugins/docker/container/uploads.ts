import { Readable } from "node:stream";
import { pack } from "tar-stream";
import type { PropertyMap } from "../../framework/provider";
import { objects, text, truth } from "../../framework/values";

/** A file to put into the container before it starts. */
export interface Upload {
  /** Relative to the container's root. */
  readonly name: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** Files of the `uploads` input. `permissions` has precedence over `executable`. */
export function readUploads(inputs: PropertyMap): Upload[] {
  return objects(inputs.uploads).map((upload) => {
    const encoded = text(upload.contentBase64) ?? "";
    const content = encoded === "" ? Buffer.from(text(upload.content) ?? "") : Buffer.from(encoded, "base64");
    const mode = truth(upload.executable) === true ? 0o744 : 0o644;
    const permissions = text(upload.permissions);
    return {
      name: (text(upload.file) ?? "").replace(/^\/+/, ""),
      mode: permissions === undefined || permissions === "" ? mode : Number.parseInt(permissions, 8),
      content,
    };
  });
}

/** Packs the files for the Engine's archive call. */
export function archiveUploads(uploads: readonly Upload[]): Readable {
  const archive = pack();
  for (const { name, mode, content } of uploads) {
    archive.entry({ name, mode, uid: 0, gid: 0, mtime: new Date(0) }, content);
  }
  archive.finalize();
  return Readable.from(archive);
}
