import { createHash } from "node:crypto";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/** A file of the page, as it is and compressed. */
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

/** Bundles the page with all its dependencies, once at the start, in about 0.1 s. */
export async function bundlePage(): Promise<PageFiles> {
  // Loaded here: only a portal needs it at run time.
  const { build, stop } = require("esbuild") as typeof import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "../page/main.tsx")],
    bundle: true,
    write: false,
    outdir: "page",
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  // Otherwise esbuild's process would stay as long as the portal.
  await stop();
  const named = outputFiles.map(({ path, contents }) => nameFile(path, contents));
  const [script, styles] = [".js", ".css"].map((ending) => named.find(([name]) => name.endsWith(ending))?.[0]);
  if (script === undefined || styles === undefined) {
    throw new Error("The bundle of the portal's page has no script or no styles.");
  }
  return { files: new Map(named), script, styles };
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

function nameFile(path: string, contents: Uint8Array): [string, PageFile] {
  const isScript = path.endsWith(".js");
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  const name = `page-${digest}.${isScript ? "js" : "css"}`;
  const brotli = brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  const type = `${isScript ? "text/javascript" : "text/css"}; charset=utf-8`;
  return [name, { type, plain: new Uint8Array(contents), brotli: new Uint8Array(brotli) }];
}
