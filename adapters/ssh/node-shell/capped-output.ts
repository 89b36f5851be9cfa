const FIRST_BYTES = 16 * 1024;

/** What a node may go on sending after its channel was closed: what was on its way is far less. */
const FLOOD_BYTES = 64 * 1024 * 1024;

/** What is called when a node sends more than it may. */
export interface CapListener {
  /** The limit is reached: the command has to be stopped. Called once. */
  onFull(): void;
  /** It still sends: the connection has to end. Called once. */
  onFlood(): void;
}

/** Collects what a node sends, up to a limit. Pieces are copied: a small piece may be a view of a large packet. */
export class CappedOutput {
  #buffer: Buffer;
  #length = 0;
  #droppedBytes = 0;

  constructor(
    readonly maxBytes: number,
    readonly listener: CapListener,
  ) {
    this.#buffer = Buffer.alloc(Math.min(maxBytes, FIRST_BYTES));
  }

  add(chunk: Buffer): void {
    const kept = Math.min(chunk.length, this.maxBytes - this.#length);
    this.#makeRoom(this.#length + kept);
    chunk.copy(this.#buffer, this.#length, 0, kept);
    this.#length += kept;
    this.#drop(chunk.length - kept);
  }

  /** Whether more was sent than it takes. */
  get isCut(): boolean {
    return this.#droppedBytes > 0;
  }

  /** Forgets what came so far. What was dropped stays counted. */
  clear(): void {
    this.#length = 0;
  }

  text(): string {
    return this.#buffer.toString("utf8", 0, this.#length);
  }

  #drop(bytes: number): void {
    const before = this.#droppedBytes;
    this.#droppedBytes += bytes;
    if (before === 0 && bytes > 0) {
      this.listener.onFull();
    }
    if (before <= FLOOD_BYTES && this.#droppedBytes > FLOOD_BYTES) {
      this.listener.onFlood();
    }
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#buffer.length) {
      const larger = Buffer.alloc(Math.min(this.maxBytes, Math.max(bytes, 2 * this.#buffer.length)));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
  }
}
