import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import type { TextRange } from "../../loki/text-of.ts";

const newline = 0x0a;

/**
 * The lines of a stream without their newlines, as many as come together at once; bytes that are not UTF-8 become U+FFFD. Ends with an
 * error when a line is longer than `maxBytes`.
 */
export async function* byteLines(stream: Readable, maxBytes: number): AsyncGenerator<readonly TextRange[]> {
  let open: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const first = chunk.indexOf(newline);
    if (first < 0) {
      open.push(chunk);
      length += chunk.length;
    } else {
      const last = chunk.lastIndexOf(newline);
      if (length === 0) yield linesOf(chunk.subarray(0, last));
      else {
        yield linesOf(Buffer.concat([...open, chunk.subarray(0, first)]));
        if (last > first) yield linesOf(chunk.subarray(first + 1, last));
      }
      open = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
      length = chunk.length - last - 1;
    }
    if (length > maxBytes) throw new Error(`a line is longer than ${maxBytes} bytes`);
  }
  if (length > 0) yield linesOf(Buffer.concat(open));
}

/** What stands between newlines: one line at least. */
function linesOf(bytes: Buffer): readonly TextRange[] {
  const block = isUtf8(bytes) ? bytes : Buffer.from(bytes.toString("utf8"));
  const lines: TextRange[] = [];
  for (let from = 0; from <= block.length; ) {
    const found = block.indexOf(newline, from);
    const to = found < 0 ? block.length : found;
    lines.push({ block, from, to });
    from = to + 1;
  }
  return lines;
}
