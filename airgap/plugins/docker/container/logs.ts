/** Size of the header that stands before each piece of output: stream, three zeros, length. */
const HEADER_BYTES = 8;

/**
 * Text of the Engine's log stream. Without a terminal it comes in pieces, each with a header; with one, as it is.
 */
export function decodeLogs(stream: Buffer): string {
  const pieces: Buffer[] = [];
  let offset = 0;
  while (offset < stream.length) {
    const length = pieceLength(stream, offset);
    if (length === undefined) {
      return stream.toString("utf8");
    }
    offset += HEADER_BYTES;
    pieces.push(stream.subarray(offset, offset + length));
    offset += length;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function pieceLength(stream: Buffer, offset: number): number | undefined {
  const header = stream.subarray(offset, offset + HEADER_BYTES);
  const framed = header.length === HEADER_BYTES && header.readUInt8(0) <= 2 && header.readUIntBE(1, 3) === 0;
  return framed ? header.readUInt32BE(4) : undefined;
}
