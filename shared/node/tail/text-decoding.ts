import { isUtf8 } from "node:buffer";

/** How the bytes of a file become lines of text. */
export interface TextDecoding {
  /** Where the last newline of a block begins; -1 without one. */
  lastNewline(block: Buffer): number;
  /** Where the first newline at or after `from` begins; -1 without one. */
  nextNewline(block: Buffer, from: number): number;
  /** Bytes of a newline. */
  readonly newlineBytes: 1 | 2;
  /** Whether what is valid is UTF-8 as it stands. */
  readonly isUtf8: boolean;
  decode(bytes: Buffer): string;
  /** False for bytes that are not valid in the encoding and become U+FFFD. */
  isValid(bytes: Buffer): boolean;
}

/** How a file begins that says which encoding it has: its mark, and how long the mark is. */
export interface ByteOrderMark {
  readonly decoding: TextDecoding;
  readonly bytes: number;
}

const newline = 0x0a;

const utf8: TextDecoding = {
  isUtf8: true,
  newlineBytes: 1,
  lastNewline: (block) => block.lastIndexOf(newline),
  nextNewline: (block, from) => block.indexOf(newline, from),
  decode: (bytes) => bytes.toString("utf8"),
  isValid: isUtf8,
};

/**
 * The decoding of an encoding by its IANA name; an empty name is UTF-8, what is not valid becomes U+FFFD. Undefined for an
 * encoding that is unknown here.
 */
export function textDecoding(name: string): TextDecoding | undefined {
  const label = name.trim().toLowerCase();
  if (label === "" || label === "utf-8" || label === "utf8" || label === "nop") return utf8;
  if (label === "utf-16" || label === "utf-16le") return utf16(true);
  if (label === "utf-16be") return utf16(false);
  return singleNewline(label);
}

/** The mark at the beginning of a file, which wins over the encoding that was set. */
export function byteOrderMark(start: Buffer): ByteOrderMark | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { decoding: utf8, bytes: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { decoding: utf16(true), bytes: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { decoding: utf16(false), bytes: 2 };
  return undefined;
}

/** Encodings in which the byte of a newline is never a part of another character. */
function singleNewline(label: string): TextDecoding | undefined {
  try {
    const decoder = new TextDecoder(label, { ignoreBOM: true });
    return { ...utf8, isUtf8: false, decode: (bytes) => decoder.decode(bytes), isValid: () => true };
  } catch {
    return undefined;
  }
}

function utf16(isLittleEndian: boolean): TextDecoding {
  const decoder = new TextDecoder(isLittleEndian ? "utf-16le" : "utf-16be", { ignoreBOM: true });
  const [low, high] = isLittleEndian ? [0, 1] : [1, 0];
  const isNewline = (block: Buffer, at: number) => block[at + low] === newline && block[at + high] === 0;
  return {
    isUtf8: false,
    newlineBytes: 2,
    lastNewline(block) {
      for (let at = block.length - 2 - (block.length % 2); at >= 0; at -= 2) if (isNewline(block, at)) return at;
      return -1;
    },
    nextNewline(block, from) {
      for (let at = from; at + 1 < block.length; at += 2) if (isNewline(block, at)) return at;
      return -1;
    },
    decode: (bytes) => decoder.decode(bytes),
    isValid: () => true,
  };
}
