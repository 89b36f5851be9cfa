/** One field of an encoded protocol buffer message. */
export interface Field {
  readonly number: number;
  readonly value: Buffer | bigint;
}

/** Fields of a message, in the order of the wire. Throws on anything that is not such a message. */
export function decodeFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  let offset = 0;
  while (offset < message.length) {
    const tag = readVarint(message, offset);
    const { value, next } = readValue(message, tag.next, Number(tag.value & 7n));
    fields.push({ number: Number(tag.value >> 3n), value });
    offset = next;
  }
  return fields;
}

/** Sub-messages or byte strings with this field number. */
export function bytesOf(fields: readonly Field[], number: number): Buffer[] {
  return fields.flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));
}

/** Last text with this field number, empty when there is none. */
export function textOf(fields: readonly Field[], number: number): string {
  return bytesOf(fields, number).at(-1)?.toString("utf8") ?? "";
}

/** Last number with this field number, 0 when there is none. */
export function numberOf(fields: readonly Field[], number: number): number {
  const found = fields.filter((field) => field.number === number && typeof field.value === "bigint").at(-1);
  return found === undefined ? 0 : Number(found.value);
}

function readValue(message: Buffer, offset: number, wireType: number): { value: Buffer | bigint; next: number } {
  switch (wireType) {
    case 0:
      return readVarint(message, offset);
    case 1:
      return slice(message, offset, 8);
    case 2: {
      const length = readVarint(message, offset);
      return slice(message, length.next, Number(length.value));
    }
    case 5:
      return slice(message, offset, 4);
    default:
      throw new Error(`not a protocol buffer message: wire type ${wireType}`);
  }
}

function readVarint(message: Buffer, offset: number): { value: bigint; next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = message[offset + index];
    if (byte === undefined) {
      break;
    }
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) {
      return { value, next: offset + index + 1 };
    }
  }
  throw new Error("not a protocol buffer message: a number does not end");
}

function slice(message: Buffer, offset: number, length: number): { value: Buffer; next: number } {
  const next = offset + length;
  if (next > message.length) {
    throw new Error("not a protocol buffer message: it is cut off");
  }
  return { value: message.subarray(offset, next), next };
}
