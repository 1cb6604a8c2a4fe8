import { constants, crc32, createInflateRaw } from "node:zlib";
import { findBlockStart, startOf } from "./block-start.ts";
import { FirstBytes } from "./first-bytes.ts";
import { readGzipHeader } from "./gzip-header.ts";
import { handleOf, type OpenedHandle } from "./zlib-handle.ts";

/** A place inside gzip from which it can be inflated on: between two deflate blocks, or at the first block of a member. JSON. */
export interface GzipPlace {
  /** Byte of the compressed stream in which the next block begins. */
  readonly at: number;
  /** Bits of that byte that belong to what is before, 0 to 7. */
  readonly bits: number;
  /** Bytes that were inflated before. */
  readonly inflated: number;
  /** The last of them in base64, 32 KiB at most: blocks refer to what was before them. */
  readonly window: string;
  /** CRC-32 and number of bytes of the member as far as it was inflated: its end is checked against them. */
  readonly crc: number;
  readonly size: number;
}

export interface ResumableGunzipOptions {
  /** Where to continue; absent: at the beginning. */
  readonly from?: GzipPlace;
  /** About how many inflated bytes are between two places that are kept; default 2 MiB. */
  readonly spacing?: number;
  /** Places that are kept; default 8. */
  readonly places?: number;
}

const windowBytes = 32_768;
const outputBytes = 131_072;
/** What is kept of both sides of a place until it is known to the bit. */
const behindBytes = 4096;
const inflatedBytes = 2048;

/** A place that is known to the byte; the last byte before it, and what came behind it so far. */
interface OpenPlace extends Omit<GzipPlace, "bits" | "window"> {
  readonly lastByte: number;
  readonly window: Buffer;
  readonly behind: FirstBytes;
  readonly inflatedBehind: FirstBytes;
}

/** What is wrong with gzip, with the `code` that zlib would have. */
export class GzipFault extends Error {
  readonly code = "Z_DATA_ERROR";
}

/**
 * Inflates gzip of any number of members, piece by piece, and knows places from which somebody else can go on. Throws `GzipFault` where it is
 * not gzip to the end.
 */
export class ResumableGunzip {
  private readonly spacing: number;
  private readonly maxPlaces: number;
  private readonly output = Buffer.allocUnsafeSlow(outputBytes);
  private readonly window = Buffer.allocUnsafeSlow(windowBytes);
  private windowSize = 0;
  private readonly kept: GzipPlace[] = [];
  private open: OpenPlace | undefined;
  private engine: OpenedHandle;
  private state: "header" | "blocks" | "trailer" | "padding" = "header";
  /** The bytes of a header or trailer that is not complete. */
  private held: Buffer = Buffer.alloc(0);
  private at = 0;
  private inflated = 0;
  private crc = 0;
  private size = 0;
  /** The bits of a byte that begin a resumed stream, until that byte has come. */
  private startBits = 0;
  private problem: string | undefined;
  /** Where the last place was looked for. */
  private triedAt = 0;
  /** The engine has the window of the place that it went on from. */
  private isPrimed = false;

  /** Undefined where this Node has no such engine. */
  static open(options: ResumableGunzipOptions = {}): ResumableGunzip | undefined {
    const { from } = options;
    const dictionary = Buffer.from(from?.window ?? "", "base64");
    const engine = handleOf(createInflateRaw(dictionary.length > 0 ? { dictionary } : {}));
    return engine === "unavailable" ? undefined : new ResumableGunzip(engine, options);
  }

  private constructor(engine: OpenedHandle, { from, spacing = 2 ** 21, places = 8 }: ResumableGunzipOptions) {
    this.engine = engine;
    this.spacing = spacing;
    this.maxPlaces = places;
    this.listen();
    if (!from) return;
    this.state = "blocks";
    this.at = from.at;
    this.inflated = from.inflated;
    this.crc = from.crc;
    this.size = from.size;
    this.startBits = from.bits;
    this.remember(Buffer.from(from.window, "base64"));
    this.kept.push(from);
    this.triedAt = from.inflated;
    this.isPrimed = from.window !== "";
  }

  /** The last place before an inflated byte; undefined: there is none but the beginning. */
  placeBefore(offset: number): GzipPlace | undefined {
    return this.kept.findLast(({ inflated }) => inflated <= offset);
  }

  /** What is inflated with these bytes: each piece is overwritten by the next. */
  *push(chunk: Uint8Array): Generator<Uint8Array, void> {
    let at = this.begin(chunk);
    while (at < chunk.length) {
      switch (this.state) {
        case "header":
          at = this.header(chunk, at);
          break;
        case "blocks":
          at = yield* this.blocks(chunk, at);
          break;
        case "trailer":
          at = this.trailer(chunk, at);
          break;
        case "padding":
          return;
      }
    }
  }

  /** Throws where the gzip is not whole. */
  end(): void {
    const isWhole = this.state === "padding" || (this.state === "header" && this.held.length === 0 && this.at > 0);
    if (!isWhole) throw new GzipFault("unexpected end of file");
  }

  /** Where a stream begins inside of a byte, that byte. */
  private begin(chunk: Uint8Array): number {
    const [first] = chunk;
    if (this.startBits === 0 || first === undefined) return 0;
    const start = startOf(this.startBits, first);
    this.startBits = 0;
    const { handle } = this.engine;
    handle.writeSync(constants.Z_SYNC_FLUSH, start, 0, start.length, this.output, 0, outputBytes);
    this.check();
    this.at += 1;
    return 1;
  }

  private header(chunk: Uint8Array, at: number): number {
    // Zeros behind a member are padding.
    if (this.at > 0 && this.held.length === 0 && chunk[at] === 0) {
      this.state = "padding";
      return chunk.length;
    }
    const before = this.held.length;
    this.held = Buffer.concat([this.held, chunk.subarray(at)]);
    const header = readGzipHeader(this.held);
    if (header.kind === "wrong") throw new GzipFault(header.message);
    if (header.kind === "open") {
      this.at += chunk.length - at;
      return chunk.length;
    }
    const used = header.length - before;
    this.at += used;
    this.held = Buffer.alloc(0);
    this.state = "blocks";
    this.crc = 0;
    this.size = 0;
    this.windowSize = 0;
    const { at: place, inflated } = this;
    if (this.isDue()) this.keep({ at: place, bits: 0, inflated, window: "", crc: 0, size: 0 });
    return at + used;
  }

  private *blocks(chunk: Uint8Array, from: number): Generator<Uint8Array, number> {
    const { handle, left } = this.engine;
    let at = from;
    for (;;) {
      const given = chunk.length - at;
      handle.writeSync(constants.Z_BLOCK, chunk, at, given, this.output, 0, outputBytes);
      this.check();
      const [room = 0, unread = 0] = left;
      const [read, written] = [given - unread, outputBytes - room];
      const piece = this.output.subarray(0, written);
      this.tell(chunk.subarray(at, at + read), piece);
      at += read;
      if (written > 0) yield piece;
      if (room === 0) continue;
      if (unread === 0) return at;
      if (read === 0 && written === 0) {
        this.state = "trailer";
        this.open = undefined;
        return at;
      }
      if (at > 0 && this.isDue()) this.openPlace(chunk[at - 1] ?? 0);
    }
  }

  private trailer(chunk: Uint8Array, at: number): number {
    const used = Math.min(8 - this.held.length, chunk.length - at);
    this.held = Buffer.concat([this.held, chunk.subarray(at, at + used)]);
    this.at += used;
    if (this.held.length < 8) return at + used;
    if (this.held.readUInt32LE(0) !== this.crc) throw new GzipFault("incorrect data check");
    if (this.held.readUInt32LE(4) !== this.size % 2 ** 32) throw new GzipFault("incorrect length check");
    this.held = Buffer.alloc(0);
    this.state = "header";
    this.renew();
    return at + used;
  }

  /** Notes what went in and what came out. */
  private tell(read: Uint8Array, piece: Buffer): void {
    this.at += read.length;
    if (piece.length > 0) {
      this.inflated += piece.length;
      this.size += piece.length;
      this.crc = crc32(piece, this.crc);
    }
    const { open } = this;
    if (open) {
      open.behind.add(read);
      open.inflatedBehind.add(piece);
      if (open.inflatedBehind.isFull || open.behind.isFull) this.settle(open);
    }
    this.remember(piece);
  }

  private remember(piece: Buffer): void {
    const { window } = this;
    const kept = piece.length >= windowBytes ? 0 : Math.min(this.windowSize, windowBytes - piece.length);
    if (kept > 0 && piece.length > 0) window.copyWithin(0, this.windowSize - kept, this.windowSize);
    const added = piece.subarray(Math.max(0, piece.length - windowBytes));
    window.set(added, kept);
    this.windowSize = kept + added.length;
  }

  /** Whether it is time for another place. */
  private isDue(): boolean {
    return this.open === undefined && this.inflated >= this.triedAt + this.spacing;
  }

  private openPlace(lastByte: number): void {
    const { at, inflated, crc, size } = this;
    const window = Buffer.from(this.window.subarray(0, this.windowSize));
    const [behind, inflatedBehind] = [new FirstBytes(behindBytes), new FirstBytes(inflatedBytes)];
    this.triedAt = inflated;
    this.open = { at, inflated, crc, size, lastByte, window, behind, inflatedBehind };
  }

  private settle({ lastByte, window, behind, inflatedBehind, ...place }: OpenPlace): void {
    this.open = undefined;
    const bits = findBlockStart({ lastByte, behind: behind.bytes(), window, inflated: inflatedBehind.bytes() });
    if (bits === undefined) return;
    const inByte = bits === 8 ? { bits: 0 } : { at: place.at - 1, bits };
    this.keep({ ...place, ...inByte, window: window.toString("base64") });
  }

  private keep(place: GzipPlace): void {
    this.triedAt = place.inflated;
    this.kept.push(place);
    if (this.kept.length > this.maxPlaces) this.kept.splice(1, 1);
  }

  /** For the next member: what another one was resumed with is nothing to it. */
  private renew(): void {
    if (!this.isPrimed) {
      this.engine.handle.reset();
      return;
    }
    const engine = handleOf(createInflateRaw());
    if (engine === "unavailable") throw new Error("zlib is not as it was");
    this.isPrimed = false;
    this.engine = engine;
    this.listen();
  }

  private listen(): void {
    this.engine.handle.onerror = (message) => {
      this.problem = message;
    };
  }

  private check(): void {
    if (this.problem !== undefined) throw new GzipFault(this.problem);
  }
}
