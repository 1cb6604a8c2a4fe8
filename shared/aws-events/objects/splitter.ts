/** One line or record of an object. Offsets count uncompressed bytes; `end` is behind its line break or comma. */
export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly start: number; readonly end: number }
  /** Longer than the limit: its bytes were let go. */
  | { readonly kind: "too-large"; readonly start: number; readonly end: number };

/** Cuts the bytes of an object, in whatever chunks they come, into lines or records. Holds no more than one of them. */
export interface Splitter {
  /** What is complete with these bytes, which are not held any longer. */
  push(chunk: Uint8Array): readonly Piece[];
  /** What the object ends with, and a problem where it ends in the middle. */
  end(): { readonly pieces: readonly Piece[]; readonly problem?: string };
}

export interface SplitterOptions {
  /** Where the first byte stands in the object: at its beginning, or behind what an earlier invocation has read. */
  readonly offset: number;
  /** Most bytes of a line or record. */
  readonly maxBytes: number;
}

/** The bytes of a piece that is not complete yet. */
export class OpenPiece {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a copy, as the chunk is used again; nothing once the limit is passed. */
  add(chunk: Buffer, from: number, to: number): void {
    this.#size += to - from;
    if (this.#size > this.#maxBytes) this.#chunks = [];
    else if (to > from) this.#chunks.push(Buffer.from(chunk.subarray(from, to)));
  }

  /** The piece with these last bytes, which begins at `start` and is followed by what ends before `end`. */
  close(chunk: Buffer, bytes: { from: number; to: number }, place: { start: number; end: number }): Piece {
    const { from, to } = bytes;
    const held = this.#chunks;
    const isTooLarge = this.#size + to - from > this.#maxBytes;
    this.#chunks = [];
    this.#size = 0;
    if (isTooLarge) return { kind: "too-large", ...place };
    const whole = held.length === 0 ? chunk.subarray(from, to) : Buffer.concat([...held, chunk.subarray(from, to)]);
    return { kind: "text", text: whole.toString("utf8"), ...place };
  }
}
