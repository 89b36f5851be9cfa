import type Docker from "dockerode";

/** Which of the texts are anywhere in an image: in a file of any layer, also one that a later layer deletes, or in its settings. */
export async function textsInImage(docker: Docker, image: string, texts: readonly string[]): Promise<string[]> {
  const longest = Math.max(...texts.map((text) => text.length));
  const missing = new Set(texts);
  let tail = Buffer.alloc(0);
  // Layers are tar archives, uncompressed: what is in a file is there in one piece.
  for await (const chunk of (await docker.getImage(image).get()) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([tail, chunk]);
    for (const text of missing) {
      if (bytes.includes(text)) {
        missing.delete(text);
      }
    }
    tail = bytes.subarray(Math.max(0, bytes.length - longest));
  }
  return texts.filter((text) => !missing.has(text));
}
