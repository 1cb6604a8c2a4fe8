import type { Readable } from "node:stream";

/** The lines of a stream as text, without their newlines; ends with an error when one is longer than `maxBytes`. */
export async function* readLines(stream: Readable, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pending.push(chunk.subarray(from, at));
      const line = pending.length === 1 ? pending[0] : Buffer.concat(pending);
      yield (line ?? Buffer.alloc(0)).toString("utf8");
      pending = [];
      length = 0;
      from = at + 1;
    }
    length += chunk.length - from;
    if (length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
    if (from < chunk.length) pending.push(chunk.subarray(from));
  }
  if (length > 0) yield Buffer.concat(pending).toString("utf8");
}
