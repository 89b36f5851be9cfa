import { createHash } from "node:crypto";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { BuildOptions, OutputFile } from "esbuild";

/** A file of the page, plain and compressed. */
interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly brotli: Uint8Array<ArrayBuffer>;
}

/** The page's script and styles, by name under /assets/. */
export interface PageFiles {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly script: string;
  readonly styles: string;
}

/** Bundles a program with all its dependencies. */
export async function bundle(options: BuildOptions): Promise<OutputFile[]> {
  // Loaded here: only a portal needs it at run time.
  const { build, stop } = require("esbuild") as typeof import("esbuild");
  const common = { bundle: true, legalComments: "none", logLevel: "silent" } as const;
  const { outputFiles } = await build({ ...common, ...options, write: false });
  // Otherwise esbuild's process would stay as long as the portal.
  await stop();
  return outputFiles;
}

/** The page's script and styles, as text. */
export interface PageText {
  readonly script: string;
  readonly styles: string;
}

/** Bundles the page, in about 0.1 s. */
export async function bundlePageText(): Promise<PageText> {
  const files = await bundle({
    entryPoints: [join(__dirname, "../page/main.tsx")],
    outdir: "page",
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const [script, styles] = [".js", ".css"].map((ending) => files.find(({ path }) => path.endsWith(ending))?.text);
  if (script === undefined || styles === undefined) {
    throw new Error("The bundle of the portal's page has no script or no styles.");
  }
  return { script, styles };
}

/** Bundles the page for a portal on this machine, once at the start. */
export async function bundlePage(): Promise<PageFiles> {
  return pageFiles(await bundlePageText());
}

/** The page's files, under names that change with their content. */
export function pageFiles({ script, styles }: PageText): PageFiles {
  const file = (text: string, ending: "js" | "css", type: string): [string, PageFile] => {
    const plain = new TextEncoder().encode(text);
    const digest = createHash("sha256").update(plain).digest("hex").slice(0, 12);
    const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    const compressed = new Uint8Array(brotli);
    return [`page-${digest}.${ending}`, { type: `${type}; charset=utf-8`, plain, brotli: compressed }];
  };
  const files = [file(script, "js", "text/javascript"), file(styles, "css", "text/css")] as const;
  return { files: new Map(files), script: files[0][0], styles: files[1][0] };
}

/** The document, the same for every browser; its script loads the session. */
export function pageHtml({ script, styles }: PageFiles, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Lab</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${styles}">
<script src="/assets/${script}" nonce="${nonce}" defer></script>
</head>
<body><div id="page">
<p>Loading. If this message stays, part of the page could not be loaded: reload the page.</p>
<noscript><p>This page requires JavaScript for its terminal.</p></noscript>
</div></body>
</html>
`;
}
