import type { PageFiles } from "../server/page-files";
import type { PortalSettings } from "./settings";

/** The page's files as plain data. */
export function pageData({ script, styles, files }: PageFiles): PortalSettings["page"] {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  return {
    script,
    styles,
    files: [...files].map(([name, { type, plain, brotli }]) => ({
      name,
      type,
      plain: base64(plain),
      brotli: base64(brotli),
    })),
  };
}

/** The page's files in such data. */
export function pageIn({ script, styles, files }: PortalSettings["page"]): PageFiles {
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
  return {
    script,
    styles,
    files: new Map(
      files.map(({ name, type, plain, brotli }) => [name, { type, plain: bytes(plain), brotli: bytes(brotli) }]),
    ),
  };
}
