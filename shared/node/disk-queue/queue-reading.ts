import { randomBytes } from "node:crypto";
import type { QueueBody } from "../../queue/queue.ts";
import type { Handled, Received, ReceivedMessage, ReceiveOptions, VisibilityChange } from "../../queue/queue-reader.ts";
import { diskProblem } from "./disk-problem.ts";
import { Leases, type Waiting } from "./leases.ts";
import { createMutex } from "./mutex.ts";
import type { QueueOptions } from "./queue-options.ts";
import { bodyOf, type NewRecord } from "./record.ts";
import type { Entry } from "./scan-segment.ts";
import type { Segment } from "./segment.ts";
import type { SegmentList } from "./segment-list.ts";
import { Tail } from "./tail.ts";
import { createTellReading, type TellReading } from "./tell-reading.ts";
import type { IsTooOld } from "./too-old.ts";
import { createWake } from "./wake.ts";

/** Most messages in hands or hidden at a time, and most that wait for the head of their shard: memory is bounded by them. */
const maxLeases = 20_000;
const maxWaiting = 200_000;
/** Longest wait of those that wait for messages. */
const maxWaitSeconds = 20;
/** Most bytes of bodies that one receive returns, a first one whatever its size. */
const maxReceivedBytes = 16 * 2 ** 20;

type QueueReadingOptions = QueueOptions & { readonly segments: SegmentList; readonly isTooOld: IsTooOld };

/** The reading side of a disk queue: who gets which record next, and what becomes of it. */
export class QueueReading {
  readonly #options: QueueReadingOptions;
  /** Makes receipts of an earlier process void. */
  readonly #process = randomBytes(6).toString("hex");
  readonly #exclusive = createMutex();
  readonly #leases = new Leases();
  /** Tells what cannot be received. */
  readonly tell: TellReading;
  readonly #wake;
  readonly #tail = new Tail();
  /** The next record that nobody has had, by its sequence number. */
  #cursor = 0;

  constructor(options: QueueReadingOptions) {
    this.#options = options;
    this.tell = createTellReading(options);
    this.#wake = createWake(options.clock);
  }

  /** Records are on the disk now, numbered from `first`. */
  appended(first: number, records: readonly NewRecord[]): void {
    for (const [at, record] of records.entries()) this.#tail.hold(first + at, record);
    this.#wake.soon();
  }

  inFlight(): number {
    return this.#leases.countAt(this.#options.monotonic());
  }

  isHeld(sequence: number): boolean {
    return this.#leases.isHeld(sequence);
  }

  /** What nobody will receive need not be in memory. */
  forget(sequence: number): void {
    this.#tail.take(sequence);
  }

  /** Runs `task` while nothing is received, changed or deleted. */
  exclusive<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#exclusive(task);
  }

  /** A segment that nobody reads yet need not be in memory. */
  onSealed(segment: Segment): void {
    const unload = async () => {
      if (this.#cursor < segment.name.base && segment.summary.live > 0) await segment.unload();
    };
    void this.#exclusive(unload).catch(() => {});
  }

  async receive(how: ReceiveOptions): Promise<Received> {
    const { monotonic } = this.#options;
    const until = monotonic() + (how.waitSeconds ?? 0) * 1000;
    for (;;) {
      try {
        const since = this.#wake.count();
        const messages = await this.#exclusive(() => this.#take(how));
        // Somebody else looks for what there is more of, and at leases that end before it would look by itself.
        if (messages.length > 0 && (this.#isMore() || how.leaseSeconds < maxWaitSeconds)) this.#wake.one();
        const now = monotonic();
        if (messages.length > 0 || now >= until || how.abort?.aborted) return { kind: "received", messages };
        await this.#wake.wait(Math.max(1, Math.min(until, this.#leases.nextEnd) - now), { since, abort: how.abort });
      } catch (error) {
        const reason = diskProblem(error, `cannot read from ${this.#options.directory}`);
        return { kind: "failed", reason };
      }
    }
  }

  changeVisibility(changes: readonly VisibilityChange[]): Promise<Handled> {
    return this.#exclusive(async () => {
      const failed = new Set<string>();
      for (const { receiptHandle, seconds } of changes) {
        const lease = this.#leases.find(receiptHandle);
        if (lease) this.#leases.extend(lease, this.#options.monotonic() + seconds * 1000);
        else failed.add(receiptHandle);
      }
      this.#wake.all();
      return { failed };
    });
  }

  delete(receiptHandles: readonly string[]): Promise<Handled> {
    return this.#exclusive(async () => {
      const failed = new Set<string>();
      const touched = new Map<Segment, string[]>();
      for (const handle of receiptHandles) {
        const lease = this.#leases.find(handle);
        if (!lease) {
          failed.add(handle);
          continue;
        }
        const segment = this.drop(lease);
        if (segment) touched.set(segment, [...(touched.get(segment) ?? []), handle]);
      }
      let reason: string | undefined;
      for (const [segment, handles] of touched) {
        const problem = await this.save(segment);
        // It does not come back in this process, but may do so in the next one.
        if (problem !== undefined) for (const handle of handles) failed.add(handle);
        reason ??= problem;
      }
      if (this.#isMore()) this.#wake.one();
      return { failed, ...(reason !== undefined && { reason }) };
    });
  }

  /** Deletes a record, in memory until its segment is saved; the segment that it was in. */
  drop(record: Waiting): Segment | undefined {
    const segment = this.#options.segments.holding(record.sequence);
    const at = segment?.index?.find(record.sequence) ?? -1;
    if (segment?.index && at >= 0) segment.mark(at, { ...segment.index.slot(at), isDeleted: true });
    this.#leases.release(record);
    this.#tail.take(record.sequence);
    return segment;
  }

  /** Writes what became of records of a segment; why that failed. */
  async save(segment: Segment): Promise<string | undefined> {
    const { name, directory, emit } = this.#options;
    try {
      await segment.save();
      return undefined;
    } catch (error) {
      const reason = diskProblem(error, `cannot write to ${directory}`);
      emit("storage.failed", { queue: name, operation: "state", reason });
      return reason;
    }
  }

  async close(): Promise<void> {
    await this.#exclusive(async () => {
      for (const segment of this.#options.segments.all) {
        await this.save(segment);
        await segment.syncState().catch(() => {});
        await segment.unload().catch(() => {});
      }
    });
  }

  async #take({ maxMessages, leaseSeconds, inRuns = false }: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    const endsAt = this.#options.monotonic() + leaseSeconds * 1000;
    const messages: ReceivedMessage[] = [];
    const touched = new Set<Segment>();
    let bytes = 0;
    while (messages.length < maxMessages && bytes < maxReceivedBytes) {
      const chosen: Waiting[] = [];
      while (messages.length + chosen.length < maxMessages && bytes < maxReceivedBytes) {
        const next = await this.#next();
        if (!next) break;
        bytes += this.#options.segments.placeOf(next.sequence)?.entry.bytes ?? 0;
        chosen.push(next);
      }
      if (chosen.length === 0) break;
      if (inRuns)
        bytes += this.#lengthen(chosen, { records: maxMessages - messages.length, bytes: maxReceivedBytes - bytes });
      for (const { sequence } of chosen) {
        const place = this.#tail.holds(sequence) ? undefined : this.#options.segments.placeOf(sequence);
        if (place) touched.add(place.segment);
      }
      // Held before they are read: what fails to be read comes back when the lease ends.
      for (const record of chosen) this.#leases.hold(record, { receipt: "", endsAt });
      const read = await Promise.all(chosen.map((record) => this.#deliver(record, endsAt)));
      const stuck = chosen.filter(({ sequence }, at) => read[at] === undefined && this.#leases.isHeld(sequence));
      const back = new Set(stuck.flatMap((record) => this.#leases.putBackBehind(record)));
      messages.push(
        ...read.flatMap((message, at) => (message && !back.has(chosen[at]?.sequence ?? -1) ? message : [])),
      );
    }
    for (const segment of touched) await this.save(segment);
    return messages;
  }

  /**
   * Adds to heads of shards what follows them, one each in turn, within the room; the bytes of it. What came before comes alone: it
   * may have failed.
   */
  #lengthen(chosen: Waiting[], room: { readonly records: number; readonly bytes: number }): number {
    const isNew = ({ sequence }: Waiting) => {
      const place = this.#options.segments.placeOf(sequence);
      return place !== undefined && (place.segment.index?.slot(place.at).receiveCount ?? 1) === 0;
    };
    let shards = chosen.filter(isNew).flatMap(({ shard }) => shard ?? []);
    let bytes = 0;
    while (shards.length > 0) {
      shards = shards.filter((shard) => {
        if (chosen.length >= room.records || bytes >= room.bytes || this.#leases.size + chosen.length >= maxLeases)
          return false;
        const next = this.#leases.takeBehind(shard, isNew);
        if (!next) return false;
        bytes += this.#options.segments.placeOf(next.sequence)?.entry.bytes ?? 0;
        chosen.push(next);
        return true;
      });
    }
    return bytes;
  }

  /** What to deliver next: what came back, then what its shard has freed, then what nobody has had. */
  async #next(): Promise<Waiting | undefined> {
    const again = this.#leases.takeEnded(this.#options.monotonic()) ?? this.#leases.takeReady();
    if (again) return again;
    while (this.#leases.size < maxLeases && this.#leases.waiting < maxWaiting) {
      const segment = this.#options.segments.from(this.#cursor);
      if (!segment) return undefined;
      const { index, damagedBytes } = await segment.load();
      if (damagedBytes > 0) this.tell.damaged(damagedBytes, 0);
      for (let at = index.lowerBound(this.#cursor); at < index.count; at++) {
        const { sequence, shard } = index.entry(at);
        this.#cursor = sequence + 1;
        if (index.slot(at).isDeleted) continue;
        const record = { sequence, ...(shard !== undefined && { shard }) };
        if (this.#leases.claim(record)) return record;
        if (this.#leases.waiting >= maxWaiting) return undefined;
      }
      this.#cursor = Math.max(this.#cursor, segment.summary.lastSequence + 1);
    }
    return undefined;
  }

  /** Reads a record that is held; undefined where it is damaged or too old, which is told, and it is gone. */
  async #deliver(record: Waiting, endsAt: number): Promise<ReceivedMessage | undefined> {
    const place = this.#options.segments.placeOf(record.sequence);
    if (!place) return this.#giveUp(record);
    const { segment, at, entry } = place;
    const held = this.#tail.take(record.sequence);
    const body = held ? bodyOf(held) : await this.#read(segment, entry);
    if (body === "unreadable") return undefined;
    if (body === "damaged") {
      this.tell.damaged(entry.bytes, 1);
      return this.#giveUp(record);
    }
    if (this.#options.isTooOld(entry.sentAt)) {
      this.tell.expired([body]);
      return this.#giveUp(record);
    }
    const { receiveCount: before, firstReceivedAt: first } = segment.index?.slot(at) ?? unread;
    const receiveCount = before + 1;
    const firstReceivedAt = first || Math.floor(this.#options.clock.now());
    segment.mark(at, { isDeleted: false, receiveCount, firstReceivedAt });
    const receiptHandle = `${record.sequence}/${receiveCount}/${this.#process}`;
    this.#leases.hold(record, { receipt: receiptHandle, endsAt });
    const { sentAt, shard, sequence } = entry;
    const id = `${sequence.toString(36)}-${sentAt.toString(36)}`;
    const common = { id, receiptHandle, body, receiveCount, sentAt, firstReceivedAt };
    return shard === undefined ? common : { ...common, shard };
  }

  async #read(segment: Segment, entry: Entry): Promise<QueueBody | "unreadable" | "damaged"> {
    try {
      const read = await segment.read(entry);
      return read ? bodyOf({ bytes: read.body, isText: read.header.isText }) : "damaged";
    } catch (error) {
      this.tell.unreadable(error);
      return "unreadable";
    }
  }

  #giveUp(record: Waiting): undefined {
    this.drop(record);
    return undefined;
  }

  /** Whether somebody may have more at once: the next of a shard that is free, or what nobody has looked at. */
  #isMore(): boolean {
    return this.#leases.isReady || this.#options.segments.from(this.#cursor) !== undefined;
  }
}

const unread = { receiveCount: 0, firstReceivedAt: 0 };
