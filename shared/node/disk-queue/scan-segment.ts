import type { OpenFile } from "./files.ts";
import { decodeHeader, findMagic, isWhole, maxHeaderBytes, type RecordHeader } from "./record.ts";

/** Where a record stands in its file. */
export interface Entry {
  readonly sequence: number;
  readonly sentAt: number;
  readonly offset: number;
  /** Header and body. */
  readonly bytes: number;
  readonly shard?: string;
}

/** What a file holds: its records, and the bytes between them and behind them that are none. */
export interface Scan {
  readonly entries: readonly Entry[];
  /** Bytes between records in which no record could be found. */
  readonly damagedBytes: number;
  /** Behind the last record; what comes after it is a torn or damaged tail. */
  readonly end: number;
}

export interface ScanOptions {
  readonly salt: number;
  /** Sequence numbers are not lower. */
  readonly base: number;
  /** Where the records end at the latest. */
  readonly size: number;
  /** Whether the last records may be torn: their bodies are then checked too. */
  readonly mayBeTorn: boolean;
}

const windowBytes = 65_536;

/** Finds the records of a segment by their headers; bodies are checked when they are read. Rejects where reading fails. */
export async function scanSegment(file: OpenFile, options: ScanOptions): Promise<Scan> {
  const { salt, base, size } = options;
  const look = createWindow(file, size);
  const entries: Entry[] = [];
  let damagedBytes = 0;
  let end = 0;
  for (let at = 0; at < size; ) {
    const found = await next(at);
    if (!found) break;
    const { offset, header } = found;
    const bytes = header.headerBytes + header.bodyBytes;
    const { sequence, sentAt, shard } = header;
    entries.push({ sequence, sentAt, offset, bytes, ...(shard !== undefined && { shard }) });
    damagedBytes += offset - at;
    at = offset + bytes;
    end = at;
  }
  while (options.mayBeTorn) {
    const last = entries.at(-1);
    if (!last || (await isReadable(file, last, salt))) break;
    entries.pop();
    end = last.offset;
  }
  return { entries, damagedBytes, end };

  /** The record at `from` or, where that is damaged, the next one behind it. */
  async function next(from: number): Promise<{ offset: number; header: RecordHeader } | undefined> {
    for (let offset = from; offset < size; ) {
      const { bytes, at } = await look(offset);
      const header = decodeHeader(bytes, at, salt);
      if (header && isPlausible(header, offset)) return { offset, header };
      const candidate = findMagic(bytes, at + 1);
      // The magic itself may lie across the end of what was looked at.
      offset = candidate >= 0 ? offset + candidate - at : offset + Math.max(1, bytes.length - at - 3);
    }
    return undefined;
  }

  function isPlausible({ sequence, headerBytes, bodyBytes }: RecordHeader, offset: number): boolean {
    const before = entries.at(-1)?.sequence ?? base - 1;
    return Number.isSafeInteger(sequence) && sequence > before && offset + headerBytes + bodyBytes <= size;
  }
}

/** Reads the record of an entry; undefined where it is not what was written. Rejects where reading fails. */
export async function readRecord(
  file: OpenFile,
  { offset, bytes, sequence }: Pick<Entry, "offset" | "bytes" | "sequence">,
  salt: number,
): Promise<{ readonly header: RecordHeader; readonly body: Buffer } | undefined> {
  const record = Buffer.allocUnsafeSlow(bytes);
  const read = await file.read(record, offset);
  const header = decodeHeader(record.subarray(0, read), 0, salt);
  if (!header || header.sequence !== sequence || read < bytes) return undefined;
  const body = record.subarray(header.headerBytes);
  return isWhole(header, body, salt) ? { header, body } : undefined;
}

async function isReadable(file: OpenFile, entry: Entry, salt: number): Promise<boolean> {
  return (await readRecord(file, entry, salt)) !== undefined;
}

/** Looks at a file through a window that moves on: `bytes` from `at` on are those of the place that was asked for. */
function createWindow(file: OpenFile, size: number): (offset: number) => Promise<{ bytes: Buffer; at: number }> {
  const buffer = Buffer.allocUnsafe(windowBytes);
  let bytes = buffer.subarray(0, 0);
  let start = 0;
  return async (offset) => {
    const wanted = Math.min(size, offset + maxHeaderBytes);
    if (offset < start || wanted > start + bytes.length) {
      start = offset;
      bytes = buffer.subarray(0, await file.read(buffer.subarray(0, Math.min(windowBytes, size - offset)), offset));
    }
    return { bytes, at: offset - start };
  };
}
