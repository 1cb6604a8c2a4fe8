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
