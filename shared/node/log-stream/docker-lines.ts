import type { Readable } from "node:stream";
import { cutToBytes } from "../../loki/byte-length.ts";
import { readLines } from "../read-lines.ts";
import { type TimedLine, timedLine } from "./timed-line.ts";

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

/** The lines of a container's log as the Docker API sends it, with timestamps. Lines longer than a frame are put together again. */
export async function* dockerLines(stream: Readable, options: DockerLineOptions): AsyncGenerator<TimedLine> {
  const lines = options.hasTerminal ? terminalLines(stream, options) : framedLines(stream, options);
  for await (const line of lines) if (line.line !== "") yield line;
}

async function* terminalLines(
  stream: Readable,
  { maxLineBytes, onProblem }: DockerLineOptions,
): AsyncGenerator<TimedLine> {
  for await (const text of readLines(stream, maxTerminalLineBytes)) {
    const line = timedLine(text.endsWith("\r") ? text.slice(0, -1) : text);
    if (line === undefined) onProblem("no-time");
    else yield { ...line, line: cut(line.line, maxLineBytes, onProblem) };
  }
}

/** The beginning of a line whose end has not come. */
interface OpenLine {
  readonly first: TimedLine;
  readonly parts: string[];
  length: number;
}

async function* framedLines(
  stream: Readable,
  { maxLineBytes, onProblem }: DockerLineOptions,
): AsyncGenerator<TimedLine> {
  const open = new Map<string, OpenLine>();
  for await (const { stream: name, payload } of frames(stream)) {
    const isEnd = payload.at(-1) === newline;
    const piece = timedLine(payload.toString("utf8", 0, payload.length - (isEnd ? 1 : 0)), name);
    const before = open.get(name);
    if (piece === undefined) {
      onProblem("no-time");
      continue;
    }
    const line = before ?? { first: piece, parts: [], length: 0 };
    // What is beyond the limit is not kept: a line may have no end.
    if (line.length <= maxLineBytes) line.parts.push(piece.line);
    line.length += piece.line.length;
    if (isEnd) {
      open.delete(name);
      yield { ...line.first, line: cut(trimReturn(line.parts.join("")), maxLineBytes, onProblem) };
    } else open.set(name, line);
  }
  for (const { first, parts } of open.values()) yield { ...first, line: cut(parts.join(""), maxLineBytes, onProblem) };
}

/** Frames: stream, three zeros, length (big-endian), payload. */
async function* frames(source: Readable): AsyncGenerator<{ stream: string; payload: Buffer }> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of source as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= headerBytes) {
      const length = pending.readUInt32BE(4);
      if (length > maxFrameBytes) throw new Error(`a frame of ${length} bytes: this is not a log in frames`);
      if (pending.length < headerBytes + length) break;
      const payload = pending.subarray(headerBytes, headerBytes + length);
      yield { stream: pending[0] === 2 ? "stderr" : "stdout", payload };
      pending = pending.subarray(headerBytes + length);
    }
  }
}

function trimReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function cut(line: string, maxBytes: number, onProblem: DockerLineOptions["onProblem"]): string {
  const kept = cutToBytes(line, maxBytes);
  if (kept !== line) onProblem("cut");
  return kept;
}
