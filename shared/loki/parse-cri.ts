/** A line as container runtimes write it to a file: `<time> <stdout|stderr> <P|F> <content>`. */
export interface CriLine {
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  readonly isPartial: boolean;
  readonly content: string;
}

/** Reads a line of CRI, one blank between its fields; undefined for any other. Without a flag it is a full one. */
export function parseCri(line: string): CriLine | undefined {
  const timeEnd = line.search(/\s/);
  if (line[timeEnd] !== " ") return undefined;
  const stream = line.startsWith("stdout", timeEnd + 1) ? "stdout" : "stderr";
  if (!line.startsWith(stream, timeEnd + 1)) return undefined;
  const streamEnd = timeEnd + 1 + stream.length;
  if (line[streamEnd] !== " ") return undefined;
  const flag = line[streamEnd + 1];
  let at = streamEnd + (flag === "P" || flag === "F" ? 2 : 1);
  if (line[at] === " ") at += 1;
  return { time: line.slice(0, timeEnd), stream, isPartial: flag === "P", content: line.slice(at) };
}

/** The same line as bytes: where its parts are. */
export interface CriBytes {
  readonly timeEnd: number;
  readonly stream: "stdout" | "stderr";
  readonly isPartial: boolean;
  readonly contentFrom: number;
}

const blank = 0x20;
const [upperP, upperF] = [0x50, 0x46];
const streams = (["stdout", "stderr"] as const).map((name) => ({ name, bytes: Buffer.from(`${name} `) }));

/** Reads bytes from `from` to `to` as runtimes write them; undefined for what only `parseCri` can judge. */
export function parseCriBytes(bytes: Buffer, from: number, to: number): CriBytes | undefined {
  let timeEnd = from;
  while (timeEnd < to && (bytes[timeEnd] as number) > blank && (bytes[timeEnd] as number) < 0x7f) timeEnd += 1;
  if (timeEnd >= to || bytes[timeEnd] !== blank) return undefined;
  const stream = streams.find((each) => startsWith(bytes, timeEnd + 1, each.bytes));
  const flagAt = timeEnd + 8;
  const flag = bytes[flagAt];
  if (stream === undefined || flagAt >= to || (flag !== upperP && flag !== upperF)) return undefined;
  const contentFrom = Math.min(to, flagAt + 2);
  if (flagAt + 1 < to && bytes[flagAt + 1] !== blank) return undefined;
  return { timeEnd, stream: stream.name, isPartial: flag === upperP, contentFrom };
}

function startsWith(bytes: Buffer, from: number, start: Buffer): boolean {
  for (let at = 0; at < start.length; at += 1) if (bytes[from + at] !== start[at]) return false;
  return true;
}
