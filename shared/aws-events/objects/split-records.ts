import { OpenPiece, type Piece, type Splitter, type SplitterOptions } from "./splitter.ts";

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

export interface SplitRecordsOptions extends SplitterOptions {
  /** Of the array, at the top level of the document. */
  readonly name: string;
  /** The offset is inside of the array already. */
  readonly inArray: boolean;
}

/**
 * Cuts `{"Records":[…]}`, or whatever the name is, into the elements of its array, as texts of JSON, without holding more than one of them. Whatever else the
 * document has is passed over; whether an element is JSON is for its reader to find out.
 */
export function splitRecords(options: SplitRecordsOptions): Splitter {
  return new RecordSplitter(options);
}

class RecordSplitter implements Splitter {
  private place: "before" | "between" | "element" | "behind";
  private readonly open: OpenPiece;
  /** The name of the array as it stands in the document in its quotes. */
  private readonly wanted: string;
  /** Offset of the first byte of the chunk in hand. */
  private at: number;
  private start = 0;
  /** Levels of objects and arrays around the byte: of the document before the array, of the element inside of one. */
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  /** The last text at the top level of the document, as far as it may be the name, and whether a colon came behind it. */
  private name = "";
  private isNamed = false;

  constructor({ offset, maxBytes, inArray, name }: SplitRecordsOptions) {
    this.at = offset;
    this.wanted = `"${name}"`;
    this.open = new OpenPiece(maxBytes);
    this.place = inArray ? "between" : "before";
  }

  push(chunk: Uint8Array): readonly Piece[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const pieces: Piece[] = [];
    let at = 0;
    while (at < bytes.length && this.place !== "behind") {
      if (this.place === "before") at = this.passHead(bytes, at);
      else if (this.place === "between") at = this.passGap(bytes, at);
      else at = this.passElement(bytes, at, pieces);
    }
    this.at += bytes.length;
    return pieces;
  }

  end(): ReturnType<Splitter["end"]> {
    if (this.place === "behind") return { pieces: [] };
    const problem =
      this.place === "before"
        ? `the object has no array of ${this.wanted.slice(1, -1)}`
        : `the object ends before its array of ${this.wanted.slice(1, -1)} does`;
    return { pieces: [], problem };
  }

  private passHead(bytes: Buffer, from: number): number {
    for (let i = from; i < bytes.length; i += 1) {
      const byte = bytes[i] as number;
      if (this.inString) {
        if (this.depth === 1 && this.name.length <= this.wanted.length) this.name += String.fromCharCode(byte);
        this.passInString(byte);
      } else if (byte === quote) {
        this.inString = true;
        this.isNamed = false;
        this.name = '"';
      } else if (byte === colon) this.isNamed = this.depth === 1 && this.name === this.wanted;
      else if (byte === openBracket && this.isNamed) {
        this.place = "between";
        return i + 1;
      } else if (byte > 0x20) {
        this.isNamed = false;
        this.depth += levelOf(byte);
      }
    }
    return bytes.length;
  }

  private passInString(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === backslash) this.isEscaped = true;
    else if (byte === quote) this.inString = false;
  }

  private passGap(bytes: Buffer, from: number): number {
    for (let i = from; i < bytes.length; i += 1) {
      const byte = bytes[i] as number;
      if (byte === closeBracket) {
        this.place = "behind";
        return i + 1;
      }
      if (byte > 0x20 && byte !== comma) {
        this.place = "element";
        this.start = this.at + i;
        this.depth = 0;
        this.inString = false;
        this.isEscaped = false;
        return i;
      }
    }
    return bytes.length;
  }

  /** In local variables: this loop sees every byte of an object (bench/objects.ts, cloudtrail). */
  private passElement(bytes: Buffer, from: number, pieces: Piece[]): number {
    let { depth, inString, isEscaped } = this;
    for (let i = from; i < bytes.length; i += 1) {
      const byte = bytes[i] as number;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = true;
      else if (depth === 0 && (byte === comma || byte === closeBracket || byte <= 0x20)) {
        return this.close(bytes, { from, to: i }, pieces);
      } else {
        depth += levelOf(byte);
        if (depth === 0 && (byte === closeBrace || byte === closeBracket)) {
          return this.close(bytes, { from, to: i + 1 }, pieces);
        }
      }
    }
    this.depth = depth;
    this.inString = inString;
    this.isEscaped = isEscaped;
    this.open.add(bytes, from, bytes.length);
    return bytes.length;
  }

  private close(bytes: Buffer, range: { readonly from: number; readonly to: number }, pieces: Piece[]): number {
    this.place = "between";
    pieces.push(this.open.close(bytes, range, { start: this.start, end: this.at + range.to }));
    return range.to;
  }
}

function levelOf(byte: number): number {
  if (byte === openBrace || byte === openBracket) return 1;
  return byte === closeBrace || byte === closeBracket ? -1 : 0;
}
