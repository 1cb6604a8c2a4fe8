import type { QueueBody } from "../../queue/queue.ts";
import type { Appender } from "./appender.ts";
import { compact } from "./compact.ts";
import { diskProblem } from "./disk-problem.ts";
import type { QueueOptions } from "./queue-options.ts";
import type { QueueReading } from "./queue-reading.ts";
import type { Segment } from "./segment.ts";
import type { SegmentList } from "./segment-list.ts";
import type { IsTooOld } from "./too-old.ts";

export interface UpkeepOptions extends QueueOptions {
  readonly segments: SegmentList;
  readonly appender: Appender;
  readonly reading: QueueReading;
  readonly isTooOld: IsTooOld;
}

/** A segment with less than this of its bytes alive is written again without the dead ones. */
const minLiveShare = 0.25;
/** Less than this share of a segment is not worth the work; of the one that is appended to, not worth beginning another. */
const minDeadShare = 1 / 16;

/** What keeps a queue small: empty segments are removed, sparse ones compacted, old messages dropped. Never rejects. */
export function createUpkeep(options: UpkeepOptions): () => Promise<void> {
  const { name, directory, emit, room, segments, appender, reading, isTooOld } = options;
  const minDeadBytes = options.maxSegmentBytes * minDeadShare;

  return async function upkeep() {
    try {
      await reading.exclusive(async () => {
        for (const segment of [...segments.all]) await tend(segment);
      });
    } catch (error) {
      const reason = diskProblem(error, `cannot clear up ${directory}`);
      emit("storage.failed", { queue: name, operation: "upkeep", reason });
    }
  };

  async function tend(segment: Segment): Promise<void> {
    const { live, newestAt } = segment.summary;
    if (live > 0 && isTooOld(newestAt)) await expire(segment);
    await reading.save(segment);
    await segment.syncState();
    const { summary, bytes } = segment;
    const deadBytes = bytes - summary.liveBytes;
    if (appender.isActive(segment)) {
      if (summary.live > 0 || bytes < minDeadBytes || !(await appender.retire())) return;
    }
    if (summary.live === 0) return remove(segment);
    if (deadBytes >= minDeadBytes && summary.liveBytes < bytes * minLiveShare) await shrink(segment);
  }

  async function remove(segment: Segment): Promise<void> {
    await segment.remove(directory);
    segments.remove(segment);
    room.release(segment.bytes);
  }

  /** Everything in it is too old, but for what is in somebody's hands just now. */
  async function expire(segment: Segment): Promise<void> {
    const { index } = await segment.load();
    const bodies: QueueBody[] = [];
    for (let at = 0; at < index.count; at++) {
      const entry = index.entry(at);
      if (!isTooOld(entry.sentAt) || index.slot(at).isDeleted || reading.isHeld(entry.sequence)) continue;
      reading.forget(entry.sequence);
      const read = await segment.read(entry);
      if (read) bodies.push(read.header.isText ? read.body.toString() : read.body);
      segment.mark(at, { ...index.slot(at), isDeleted: true });
    }
    if (bodies.length > 0) reading.tell.expired(bodies);
    await reading.save(segment);
  }

  async function shrink(segment: Segment): Promise<void> {
    const { index } = await segment.load();
    const compacted = await compact({ ...options, segment, index });
    segments.replace(segment, compacted);
    room.release(segment.bytes);
    room.take(compacted.bytes);
    await segment.remove(directory);
  }
}
