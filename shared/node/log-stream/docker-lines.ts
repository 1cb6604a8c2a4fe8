import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { cutToBytes } from "../../loki/byte-length.ts";
import { lineLength } from "../../loki/line-entry.ts";
import type { TextRange } from "../../loki/text-of.ts";
import { byteLines } from "./byte-lines.ts";
import { cutLine, type TimedLine, timedBytes } from "./timed-line.ts";

/** What reading a container's log tells beside its lines. */
export interface DockerLineOptions {
  /** A terminal writes plain text; otherwise the log comes in frames. */
  readonly hasTerminal: boolean;
  readonly maxLineBytes: number;
  /** A line without a time, which is left out, or one that was cut. */
  readonly onProblem: (problem: "no-time" | "cut") => void;
}

const headerBytes = 8;
const maxFrameBytes = 16 * 1024 * 1024;
const maxTerminalLineBytes = 64 * 1024 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a container's log as the Docker API sends it, with timestamps, as many as come together at once. Lines longer than a frame
 * are put together again.
 */
export async function* dockerLines(stream: Readable, options: DockerLineOptions): AsyncGenerator<readonly TimedLine[]> {
  const lines = options.hasTerminal ? terminalLines(stream, options) : framedLines(stream, options);
  for await (const some of lines) yield some.filter((each) => lineLength(each) > 0);
}

async function* terminalLines(stream: Readable, options: DockerLineOptions): AsyncGenerator<readonly TimedLine[]> {
  for await (const ranges of byteLines(stream, maxTerminalLineBytes)) {
    yield ranges.flatMap((range) => withTime(withoutReturn(range), "", options) ?? []);
  }
}

/** The beginning of a line whose end has not come. */
interface OpenLine {
  readonly first: TimedLine;
  readonly parts: string[];
  length: number;
}

async function* framedLines(stream: Readable, options: DockerLineOptions): AsyncGenerator<readonly TimedLine[]> {
  const open = new Map<string, OpenLine>();
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const block = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const lines: TimedLine[] = [];
    let at = 0;
    for (;;) {
      const from = at + headerBytes;
      if (from > block.length) break;
      const to = from + block.readUInt32BE(at + 4);
      if (to - from > maxFrameBytes) throw new Error(`a frame of ${to - from} bytes: this is not a log in frames`);
      if (to > block.length) break;
      const line = frame({ block, from, to }, block[at] === 2 ? "stderr" : "stdout", open, options);
      if (line !== undefined) lines.push(line);
      at = to;
    }
    pending = block.subarray(at);
    if (lines.length > 0) yield lines;
  }
  yield [...open.values()].map((each) => whole(each, options));
}

/** The line that a frame ends, mostly all of it. */
function frame(
  ...[{ block, from, to }, stream, open, options]: [TextRange, string, Map<string, OpenLine>, DockerLineOptions]
): TimedLine | undefined {
  const isEnd = to > from && block[to - 1] === newline;
  const before = open.size === 0 ? undefined : open.get(stream);
  const range = utf8({ block, from, to: isEnd ? to - 1 : to });
  if (isEnd && before === undefined) return withTime(withoutReturn(range), stream, options);
  const piece = timedBytes(range, stream);
  if (piece === undefined) {
    options.onProblem("no-time");
    return undefined;
  }
  const line = before ?? { first: piece, parts: [], length: 0 };
  const text = piece.line;
  // What is beyond the limit is not kept: a line may have no end. Nor is what stands beside it.
  if (line.length <= options.maxLineBytes) line.parts.push(text);
  line.length += text.length;
  piece.line = "";
  if (!isEnd) open.set(stream, line);
  else open.delete(stream);
  return isEnd ? whole(line, options) : undefined;
}

/** A line whose pieces are all there. */
function whole({ first, parts }: OpenLine, { maxLineBytes, onProblem }: DockerLineOptions): TimedLine {
  const all = parts.join("");
  const text = all.endsWith("\r") ? all.slice(0, -1) : all;
  first.line = cutToBytes(text, maxLineBytes);
  if (first.line !== text) onProblem("cut");
  return first;
}

function withTime(range: TextRange, stream: string, { maxLineBytes, onProblem }: DockerLineOptions) {
  const line = timedBytes(range, stream);
  if (line === undefined) onProblem("no-time");
  else if (cutLine(line, maxLineBytes)) onProblem("cut");
  return line;
}

/** Bytes that are not UTF-8 become U+FFFD. */
function utf8(range: TextRange): TextRange {
  const bytes = range.block.subarray(range.from, range.to);
  if (isUtf8(bytes)) return range;
  const block = Buffer.from(bytes.toString("utf8"));
  return { block, from: 0, to: block.length };
}

function withoutReturn({ block, from, to }: TextRange): TextRange {
  return { block, from, to: to > from && block[to - 1] === carriageReturn ? to - 1 : to };
}
