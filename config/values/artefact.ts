/** Whether an artefact is a URL; otherwise it names a file in artefacts.directory. */
export function isUrl(artefact: string): boolean {
  return /^https?:\/\//.test(artefact);
}
