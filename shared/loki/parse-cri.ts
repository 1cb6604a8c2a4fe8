/** A line as container runtimes write it to a file: `<time> <stdout|stderr> <P|F> <content>`. */
export interface CriLine {
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  readonly isPartial: boolean;
  readonly content: string;
}

/** Reads a line of CRI; undefined for any other. A flag that is neither P nor F counts as full and stays in the content. */
export function parseCri(line: string): CriLine | undefined {
  const first = line.indexOf(" ");
  if (first <= 0) return undefined;
  const stream = line.startsWith("stdout", first + 1) ? "stdout" : "stderr";
  if (!line.startsWith(stream, first + 1)) return undefined;
  const second = first + 1 + stream.length;
  if (second < line.length && line[second] !== " ") return undefined;
  const flag = line[second + 1];
  const third = second + 2;
  const hasFlag = (flag === "P" || flag === "F") && (third >= line.length || line[third] === " ");
  return {
    time: line.slice(0, first),
    stream,
    isPartial: hasFlag && flag === "P",
    content: line.slice(hasFlag ? third + 1 : second + 1),
  };
}
