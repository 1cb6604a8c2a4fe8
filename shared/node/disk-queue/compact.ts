import type { Files } from "./files.ts";
import { encodeHeader, newRecord, recordBytes } from "./record.ts";
import { Segment } from "./segment.ts";
import type { SegmentIndex } from "./segment-index.ts";

export interface CompactOptions {
  readonly directory: string;
  readonly files: Files;
  readonly newSalt: () => number;
  readonly segment: Segment;
  readonly index: SegmentIndex;
}

/**
 * Writes the living records of a segment into one that takes its place, and returns it when it is on the disk under its
 * name. A damaged record stays behind with the dead ones. Rejects where it cannot; the old segment is then untouched.
 */
export async function compact(options: CompactOptions): Promise<Segment> {
  const { directory, files, newSalt, segment, index } = options;
  const { base, generation } = segment.name;
  const name = { base, generation: generation + 1, salt: newSalt() };
  const compacted = await Segment.create(directory, name, files, ".new");
  try {
    for (let at = 0; at < index.count; at++) {
      const slot = index.slot(at);
      const read = slot.isDeleted ? undefined : await segment.read(index.entry(at));
      if (!read) continue;
      const { sequence, sentAt } = index.entry(at);
      const { shard, isText } = read.header;
      const record = { ...newRecord(read.body, sentAt, shard), isText };
      const entry = { sequence, sentAt, offset: compacted.bytes, bytes: recordBytes(record) };
      await compacted.write([encodeHeader(record, { sequence, salt: name.salt }), record.bytes]);
      compacted.add([shard === undefined ? entry : { ...entry, shard }]);
      compacted.mark(compacted.summary.records - 1, slot);
    }
    await compacted.seal();
    await compacted.save();
    await compacted.sync();
    await files.rename(`${compacted.path}.new`, `${compacted.path}.segment`);
    await files.syncDirectory(directory);
    return compacted;
  } catch (error) {
    await compacted.unload().catch(() => {});
    await files.remove(`${compacted.path}.new`).catch(() => {});
    await files.remove(`${compacted.path}.state`).catch(() => {});
    throw error;
  }
}
