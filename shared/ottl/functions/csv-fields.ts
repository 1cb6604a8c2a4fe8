import { Failure } from "../failure.ts";

/** How CSV is read. */
export interface CsvOptions {
  /** One character. */
  readonly delimiter: string;
  /** Whether quotes may stand anywhere. */
  readonly isLazy: boolean;
}

/**
 * The fields of a row, as the Collector reads it with Go's `encoding/csv`: lines go on where the last field of the one before
 * has ended, and a line that is wrong counts as far as it is right.
 */
export function csvFields(text: string, options: CsvOptions): string[] {
  const fields: string[] = [];
  const lines = new Lines(text);
  for (let record = readRecord(lines, options); record; record = readRecord(lines, options)) {
    if (record.fields.length === 0) throw new Failure(`read csv line: ${record.problem}`);
    const [first = "", ...others] = record.fields;
    const last = fields.pop();
    fields.push(last === undefined ? first : `${last}\n${first}`, ...others);
  }
  if (fields.length === 0) throw new Failure("no csv lines found");
  return fields;
}

/** Lines with their newlines, of which there is one kind. */
class Lines {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): string {
    const end = this.text.indexOf("\n", this.at);
    const line = this.text.slice(this.at, end < 0 ? undefined : end + 1);
    this.at += line.length;
    return line.replace(/\r\n$|\r$/, (ending) => (ending === "\r" ? "" : "\n"));
  }

  get isDone(): boolean {
    return this.at >= this.text.length;
  }
}

function readRecord(
  lines: Lines,
  { delimiter, isLazy }: CsvOptions,
): { fields: string[]; problem?: string } | undefined {
  let line = "\n";
  while (line === "\n" && !lines.isDone) line = lines.next();
  if (line === "\n" || line === "") return undefined;
  const fields: string[] = [];
  for (;;) {
    if (!line.startsWith('"')) {
      const end = line.indexOf(delimiter);
      const field = end < 0 ? line.replace(/\n$/, "") : line.slice(0, end);
      if (!isLazy && field.includes('"')) return { fields, problem: 'bare " in non-quoted-field' };
      fields.push(field);
      if (end < 0) return { fields };
      line = line.slice(end + 1);
      continue;
    }
    const quoted = readQuoted(line.slice(1), lines, { delimiter, isLazy });
    if (quoted.field === undefined) return { fields, problem: 'extraneous or missing " in quoted-field' };
    fields.push(quoted.field);
    if (quoted.rest === undefined) return { fields };
    line = quoted.rest;
  }
}

/** A field in quotes, and what follows behind a delimiter; no field where a quote is wrong. */
function readQuoted(from: string, lines: Lines, { delimiter, isLazy }: CsvOptions): { field?: string; rest?: string } {
  let line = from;
  let field = "";
  for (;;) {
    const end = line.indexOf('"');
    if (end < 0) {
      if (line === "") return isLazy ? { field } : {};
      field += line;
      line = lines.next();
      continue;
    }
    field += line.slice(0, end);
    line = line.slice(end + 1);
    if (line.startsWith('"')) {
      field += '"';
      line = line.slice(1);
    } else if (line.startsWith(delimiter)) return { field, rest: line.slice(1) };
    else if (line === "" || line === "\n") return { field };
    else if (isLazy) field += '"';
    else return {};
  }
}
