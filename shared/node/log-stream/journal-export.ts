import type { Readable } from "node:stream";

/** The fields of an entry of the journal; of a field that stands there several times, the last value. */
export type JournalFields = ReadonlyMap<string, string>;

const newline = 0x0a;
const lengthBytes = 8;
/** A field of an entry: core dumps are kept elsewhere, messages are far below it. */
const maxFieldBytes = 16 * 1024 * 1024;

/**
 * Reads the journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS): `FIELD=text` lines, binary fields with a length, an empty line
 * behind each entry. Ends with an error when a field is longer than 16 MiB.
 */
export async function* journalEntries(source: Readable): AsyncGenerator<JournalFields> {
  const state: { pending: Buffer; fields: Map<string, string> } = {
    pending: Buffer.alloc(0),
    fields: new Map<string, string>(),
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    state.pending = state.pending.length === 0 ? chunk : Buffer.concat([state.pending, chunk]);
    for (let field = takeField(state); field; field = takeField(state)) {
      if (field === "end") {
        if (state.fields.size > 0) yield state.fields;
        state.fields = new Map();
      } else state.fields.set(field.name, field.value);
    }
    if (state.pending.length > maxFieldBytes)
      throw new Error(`a field of the journal is longer than ${maxFieldBytes} bytes`);
  }
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** The next field, `end` at the end of an entry, undefined when more bytes are needed. */
function takeField(state: { pending: Buffer }): Field | "end" | undefined {
  const { pending } = state;
  const end = pending.indexOf(newline);
  if (end < 0) return undefined;
  const line = pending.subarray(0, end);
  if (line.length === 0) {
    state.pending = pending.subarray(1);
    return "end";
  }
  const equals = line.indexOf(0x3d);
  if (equals >= 0) {
    state.pending = pending.subarray(end + 1);
    return { name: line.toString("utf8", 0, equals), value: line.toString("utf8", equals + 1) };
  }
  const start = end + 1 + lengthBytes;
  if (pending.length < start) return undefined;
  const length = Number(pending.readBigUInt64LE(end + 1));
  if (length > maxFieldBytes) throw new Error(`a field of the journal is longer than ${maxFieldBytes} bytes`);
  if (pending.length < start + length + 1) return undefined;
  state.pending = pending.subarray(start + length + 1);
  return { name: line.toString("utf8"), value: pending.toString("utf8", start, start + length) };
}
