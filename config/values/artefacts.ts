/** Whether an artefact is a URL; otherwise it names a file in artefacts.directory. */
export function isUrl(artefact: string): boolean {
  return /^https?:\/\//.test(artefact);
}

/** Releases that contained malware (March 2026). They are refused whatever their SHA-256 sum. */
const REFUSED_TRIVY_VERSIONS = ["0.69.4", "0.69.5", "0.69.6"] as const;

/** The refused release named in a version, file name or URL; undefined if there is none. */
export function refusedTrivyVersion(text: string): string | undefined {
  return REFUSED_TRIVY_VERSIONS.find((version) =>
    new RegExp(`(?<![0-9.])${version.replaceAll(".", "\\.")}(?![0-9])`).test(text),
  );
}
