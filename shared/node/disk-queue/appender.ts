import { diskProblem } from "./disk-problem.ts";
import type { Files } from "./files.ts";
import { encodeHeader, type NewRecord, recordBytes } from "./record.ts";
import type { Entry } from "./scan-segment.ts";
import { Segment } from "./segment.ts";
import type { SegmentList } from "./segment-list.ts";

export interface AppenderOptions {
  readonly directory: string;
  readonly files: Files;
  readonly segments: SegmentList;
  /** A segment that would get larger is sealed and another one begun. */
  readonly maxSegmentBytes: number;
  /** Makes 32 random bits. */
  readonly newSalt: () => number;
  /** Called after records became durable, before their senders are told; their sequence numbers go up from `first`. */
  readonly onAppended: (first: number, records: readonly NewRecord[]) => void;
  readonly onSealed: (segment: Segment) => void;
  /** Something could not be written; what was to be durable is not. */
  readonly onFailed: (reason: string) => void;
}

interface Pending {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  readonly settle: (failure: string | undefined) => void;
}

/** Most bytes that one flush waits for. */
const maxGroupBytes = 8 * 2 ** 20;
/** Parts that are smaller on average are written as one buffer: a list of many of them costs more than copying (`bench/disk-queue.ts`). */
const maxCopiedPart = 16 * 1024;

/** Makes records durable: whatever waits shares one write and one flush, and senders are told when it is on the disk. */
export class Appender {
  readonly #options: AppenderOptions;
  #pending: Pending[] = [];
  #active: Segment | undefined;
  #isNew = false;
  #next = 1;
  #running: Promise<void> | undefined;

  constructor(options: AppenderOptions) {
    this.#options = options;
  }

  /** Resolves to undefined when all records are on the disk, otherwise to the reason; some may be there all the same. */
  append(records: readonly NewRecord[]): Promise<string | undefined> {
    return new Promise((settle) => {
      const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
      this.#pending.push({ records, bytes, settle });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  isActive(segment: Segment): boolean {
    return segment === this.#active;
  }

  /** Lets the next append begin a new segment; false while one is under way. */
  async retire(): Promise<boolean> {
    if (this.#running) return false;
    await this.#seal();
    return true;
  }

  async #run(): Promise<void> {
    // Everything that is sent in the same turn shares the first flush.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#takeGroup();
      const failure = await this.#commit(group);
      for (const { settle } of group) settle(failure);
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Pending[] {
    let bytes = 0;
    const over = this.#pending.findIndex((each, index) => {
      bytes += each.bytes;
      return index > 0 && bytes > maxGroupBytes;
    });
    return this.#pending.splice(0, over < 0 ? this.#pending.length : over);
  }

  async #commit(group: readonly Pending[]): Promise<string | undefined> {
    const { directory, files, onAppended, onFailed } = this.#options;
    const bytes = group.reduce((sum, each) => sum + each.bytes, 0);
    try {
      const segment = await this.#segmentFor(bytes);
      const records = group.flatMap(({ records }) => records);
      const { entries, parts } = this.#place(records, segment);
      await segment.append(bytes / parts.length <= maxCopiedPart ? [Buffer.concat(parts)] : parts);
      if (this.#isNew) await files.syncDirectory(directory);
      this.#isNew = false;
      segment.add(entries);
      const first = this.#next;
      this.#next += entries.length;
      onAppended(first, records);
      return undefined;
    } catch (error) {
      const reason = diskProblem(error, `cannot write to ${directory}`);
      await this.#abandon();
      // They may be in the file all the same, and no two records share a number.
      this.#next += group.reduce((sum, { records }) => sum + records.length, 0);
      onFailed(reason);
      return reason;
    }
  }

  #place(records: readonly NewRecord[], segment: Segment): { entries: Entry[]; parts: Uint8Array[] } {
    const parts: Uint8Array[] = [];
    let offset = segment.bytes;
    const entries = records.map((record, index): Entry => {
      const sequence = this.#next + index;
      const { shard, sentAt } = record;
      const entry = { sequence, sentAt, offset, bytes: recordBytes(record) };
      parts.push(encodeHeader(record, { sequence, salt: segment.name.salt }), record.bytes);
      offset += entry.bytes;
      return shard ? { ...entry, shard: shard.toString() } : entry;
    });
    return { entries, parts };
  }

  async #segmentFor(bytes: number): Promise<Segment> {
    const { directory, files, segments, maxSegmentBytes, newSalt } = this.#options;
    const open = this.#active;
    if (open && (open.bytes === 0 || open.bytes + bytes <= maxSegmentBytes)) return open;
    await this.#seal();
    this.#next = Math.max(this.#next, segments.nextSequence);
    const segment = await Segment.create(directory, { base: this.#next, generation: 0, salt: newSalt() }, files);
    segments.push(segment);
    this.#active = segment;
    this.#isNew = true;
    return segment;
  }

  async #seal(): Promise<void> {
    const open = this.#active;
    if (!open) return;
    this.#active = undefined;
    // Without a footer the next start reads through it.
    await open.seal().catch(() => {});
    this.#options.onSealed(open);
  }

  /** After a failed write or flush nobody knows what is in the file: what follows goes into another one. */
  async #abandon(): Promise<void> {
    const open = this.#active;
    if (!open) return;
    await open.cut().catch(() => {});
    await this.#seal();
  }
}
