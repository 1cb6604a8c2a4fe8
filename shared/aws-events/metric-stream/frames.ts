import { badVarint, varintSize, varintValue } from "../../wire/varint.ts";

/** The messages of a record that have a length in front of each, and what is left where they stop making sense. */
export interface Frames {
  readonly frames: readonly Uint8Array[];
  /** From the first length on that is not one, or that claims more bytes than there are. */
  readonly broken?: { readonly bytes: Uint8Array; readonly message: string };
}

/** A length has at most 32 bits, which a varint holds in five bytes. */
const maxLengthBytes = 5;

/**
 * Cuts what a metric stream puts into a record of Firehose: messages back to back, each behind its length as a varint (CloudWatch, "How
 * to parse the OpenTelemetry 1.0.0 messages"). The frames are views. Empty messages hold nothing and are left out. Never throws.
 */
export function cutFrames(record: Uint8Array): Frames {
  const frames: Uint8Array[] = [];
  let pos = 0;
  while (pos < record.length) {
    const size = varintSize(record, pos, Math.min(record.length, pos + maxLengthBytes));
    if (size === badVarint) return broken(pos, "the length of a message is not a varint of 32 bits");
    const start = pos + size;
    const length = varintValue(record, pos, size);
    const left = record.length - start;
    if (length > left) return broken(pos, `a message claims ${length} bytes, and ${left} are left in the record`);
    if (length > 0) frames.push(record.subarray(start, start + length));
    pos = start + length;
  }
  return { frames };

  function broken(at: number, message: string): Frames {
    return { frames, broken: { bytes: record.subarray(at), message: `At byte ${at} of the record ${message}.` } };
  }
}
