import type { Readable } from "node:stream";

const newline = 0x0a;
const blank = 0x20;
const maxLengthDigits = 8;

/**
 * The messages of a connection (RFC 6587): with their length in front where the first byte is a digit, else each on a line. Ends with
 * an error when one is longer than `maxBytes`.
 */
export async function* syslogFrames(source: Readable, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of source as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let frame = takeFrame(pending, maxBytes); frame; frame = takeFrame(pending, maxBytes)) {
      if (frame.text !== "") yield frame.text;
      pending = pending.subarray(frame.end);
    }
  }
  const rest = pending.toString("utf8").trimEnd();
  if (rest !== "" && !isDigit(rest.charCodeAt(0))) yield rest;
}

function takeFrame(bytes: Buffer, maxBytes: number): { readonly text: string; readonly end: number } | undefined {
  if (bytes.length === 0) return undefined;
  if (isDigit(bytes[0])) return counted(bytes, maxBytes);
  const end = bytes.indexOf(newline);
  if ((end < 0 ? bytes.length : end) > maxBytes) throw new Error(`a message is longer than ${maxBytes} bytes`);
  return end < 0 ? undefined : { text: bytes.toString("utf8", 0, end).replace(/\r$/, ""), end: end + 1 };
}

function counted(bytes: Buffer, maxBytes: number): { readonly text: string; readonly end: number } | undefined {
  const end = bytes.subarray(0, maxLengthDigits + 1).indexOf(blank);
  if (end < 0) {
    if (bytes.length > maxLengthDigits) throw new Error("a message begins with a digit and has no length");
    return undefined;
  }
  const length = Number(bytes.toString("latin1", 0, end));
  if (!Number.isInteger(length) || length > maxBytes) throw new Error(`a message is longer than ${maxBytes} bytes`);
  if (bytes.length < end + 1 + length) return undefined;
  return { text: bytes.toString("utf8", end + 1, end + 1 + length).replace(/\r?\n$/, ""), end: end + 1 + length };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
