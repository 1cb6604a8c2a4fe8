import { gunzipSync } from "node:zlib";
import type { SignalName } from "../../../shared/signal.ts";

/**
 * How the destination meets a record, whenever it is in an export: `good`; a status about content (`400`, `422`, `413`); `partial`: left
 * out of an export that is taken; a status about the way (`500`, `502`, `503`, `403`, `429`) or a reset.
 */
export type Nature = "good" | "partial" | "reset" | `${400 | 403 | 413 | 422 | 429 | 500 | 502 | 503}`;

/** One item of a simulated client, and all that became of it. */
export interface SimRecord {
  readonly id: number;
  readonly name: string;
  readonly nature: Nature;
  readonly signal: SignalName;
  readonly destination: string;
  readonly client: number;
  /** How often the destination stored it, and when first (elapsed milliseconds). */
  stored: number;
  storedAt: number | undefined;
  /** Its sender was told that it is taken. */
  ackedAt: number | undefined;
  /** The destination refused it while it was alone, by a status about content. */
  refusedAlone: number;
  /** Alone in an export that failed for another reason. */
  failedAlone: number;
  /** The destination left it out of an export that it took. */
  leftOut: number;
}

/** All records of a run, by id. */
export interface Records {
  readonly all: SimRecord[];
  add(fields: Pick<SimRecord, "nature" | "signal" | "destination" | "client">): SimRecord;
  /** The records that these bytes of protobuf, gzip or not, hold. */
  read(bytes: Uint8Array): readonly SimRecord[];
}

const mark = /<r(\d+)\.\w+>/g;

/** Records know themselves by their names: whoever has bytes can say whose they are. */
export function createRecords(): Records {
  const all: SimRecord[] = [];

  return {
    all,
    add(fields) {
      const id = all.length;
      const fates = { stored: 0, storedAt: undefined, ackedAt: undefined, refusedAlone: 0, failedAlone: 0, leftOut: 0 };
      const record: SimRecord = { id, name: `<r${id}.${fields.nature}>`, ...fields, ...fates };
      all.push(record);
      return record;
    },
    read(bytes) {
      const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
      const text = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString("latin1");
      return [...text.matchAll(mark)].flatMap(([, id]) => all[Number(id)] ?? []);
    },
  };
}
