/** Whether an artefact is to be downloaded; else its text names something in the folder of artefacts. */
export function isUrl(artefact: string): boolean {
  return /^https?:\/\//.test(artefact);
}
