import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

/** Code that V8 has compiled before, for the scripts of a program. */
export interface CodeCache {
  /** Undefined where there is none for just this source, or what there is was damaged. */
  codeOf(name: string, source: string): Buffer | undefined;
  /** Gives no more. */
  close(): void;
}

/** Where in the data the code of a script is, its check sum, and that of the source it was compiled from. */
type Entry = readonly [at: number, length: number, codeSum: number, sourceSum: number];

/** Check sum and length of the index, four bytes each. */
const headBytes = 8;

/**
 * Opens a file of `codeCacheFile()`; undefined where it cannot be read. V8 looks at version, flags and length of the source, and
 * trusts the rest of what it gets, so everything is checked here. What does not fit is compiled as if there were no file.
 */
export function openCodeCache(path: string): CodeCache | undefined {
  let file: number | undefined;
  let index: Readonly<Record<string, Entry>>;
  let start = headBytes;
  try {
    file = openSync(path, "r");
    const head = read(headBytes, 0);
    const length = head.readUInt32LE(4);
    if (length > fstatSync(file).size) throw new Error("cut short");
    const text = read(length, headBytes);
    if (crc32(text) !== head.readUInt32LE(0)) throw new Error("damaged");
    index = JSON.parse(text.toString("latin1"));
    start += length;
  } catch {
    close();
    return undefined;
  }
  return { codeOf, close };

  function codeOf(name: string, source: string): Buffer | undefined {
    const [at, length, codeSum, sourceSum] = index[name] ?? [];
    if (at === undefined || length === undefined || crc32(source) !== sourceSum) return undefined;
    try {
      const code = read(length, start + at);
      return crc32(code) === codeSum ? code : undefined;
    } catch {
      return undefined;
    }
  }

  function read(length: number, at: number): Buffer {
    if (file === undefined) throw new Error("closed");
    const bytes = Buffer.allocUnsafeSlow(length);
    if (readSync(file, bytes, 0, length, at) < length) throw new Error("cut short");
    return bytes;
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }
}

/** The bytes of a file for `openCodeCache()`, from sources and code by the names of the scripts. */
export function codeCacheFile(
  scripts: ReadonlyMap<string, { readonly source: string; readonly code: Buffer }>,
): Buffer {
  const index: Record<string, Entry> = {};
  let at = 0;
  for (const [name, { source, code }] of scripts) {
    index[name] = [at, code.length, crc32(code), crc32(source)];
    at += code.length;
  }
  const text = Buffer.from(JSON.stringify(index), "latin1");
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(crc32(text), 0);
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, text, ...[...scripts.values()].map(({ code }) => code)]);
}
