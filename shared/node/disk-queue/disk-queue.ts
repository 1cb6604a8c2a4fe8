import type { OrderedQueue, QueueBody, SendOutcome } from "../../queue/queue.ts";
import type { Handled, QueueReader, QueueStatus, Received, ReceiveOptions } from "../../queue/queue-reader.ts";
import { Appender } from "./appender.ts";
import { createLastRead } from "./last-read.ts";
import { openSegments } from "./open-segments.ts";
import type { QueueOptions } from "./queue-options.ts";
import { QueueReading } from "./queue-reading.ts";
import { maxBodyBytes, maxShardBytes, newRecord, recordBytes } from "./record.ts";
import { createIsTooOld } from "./too-old.ts";
import { createUpkeep } from "./upkeep.ts";

/** A queue on the disk, both its sides. One process has it at a time; leases end with the process. */
export interface DiskQueue extends OrderedQueue, QueueReader {
  readonly name: string;
  facts(): QueueFacts;
  /** Gives back space, drops what is too old, and puts the state on the disk; to be called every second or so. */
  upkeep(): Promise<void>;
  /** Waits for what is being written, then closes the files. Sends fail from now on. */
  close(): Promise<void>;
}

/** How much a queue holds now. */
export interface QueueFacts {
  readonly messages: number;
  /** On the disk, deleted messages included until their space is given back. */
  readonly bytes: number;
  /** When the oldest message was put into the queue, milliseconds since the epoch; roughly. */
  readonly oldestAt?: number;
  /** Milliseconds since anybody asked for messages or had some in hand; 0 while somebody does. */
  readonly unreadMs: number;
}

const fullRetryMs = 5000;
const failedRetryMs = 5000;

/** Opens the queue in its directory, creating it where it is missing. Rejects with the system's error. */
export async function openDiskQueue(options: QueueOptions): Promise<DiskQueue> {
  const { name, directory, files, clock, emit, room, maxAgeMs } = options;
  const { segments, tornBytes, damagedBytes } = await openSegments(directory, files);
  if (tornBytes > 0) emit("storage.cut", { queue: name, bytes: tornBytes });
  if (damagedBytes > 0) emit("storage.damaged", { queue: name, bytes: damagedBytes, records: 0 });
  for (const segment of segments.all) room.take(segment.bytes);
  let isClosed = false;
  const appender = new Appender({
    ...options,
    segments,
    onAppended: (first, records) => reading.appended(first, records),
    onSealed: (segment) => reading.onSealed(segment),
    onFailed: (reason) => emit("storage.failed", { queue: name, operation: "append", reason }),
  });
  const isTooOld = createIsTooOld(options);
  const reading = new QueueReading({ ...options, segments, isTooOld });
  const lastRead = createLastRead(options.monotonic, () => reading.inFlight());
  const upkeep = createUpkeep({ ...options, segments, appender, reading, isTooOld });

  async function append(bodies: readonly QueueBody[], shard?: string): Promise<SendOutcome> {
    if (bodies.length === 0) return { kind: "sent" };
    const failed = (reason: string, retryAfterMs: number) =>
      ({ kind: "failed", reason, unsent: [...bodies.keys()], retryAfterMs }) as const;
    if (isClosed) return failed("the disk queue is closed", failedRetryMs);
    if (shard !== undefined && Buffer.byteLength(shard) > maxShardBytes) {
      return failed(`the name of a shard is longer than ${maxShardBytes} bytes`, failedRetryMs);
    }
    const now = Math.floor(clock.now());
    const records = bodies.map((body) => newRecord(body, now, shard));
    if (records.some((record) => record.bytes.length > maxBodyBytes)) {
      return failed(`a message is larger than ${maxBodyBytes} bytes`, failedRetryMs);
    }
    const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
    const problem = options.refusal?.() ?? (room.reserve(bytes) ? undefined : full());
    if (problem !== undefined) return failed(problem, fullRetryMs);
    const reason = await appender.append(records);
    options.onWrite?.(reason);
    if (reason === undefined) return { kind: "sent" };
    room.release(bytes);
    return failed(reason, failedRetryMs);
  }

  function full(): string {
    return `the disk queue ${name} is full: it holds ${room.used()} of the ${room.limit()} bytes that it may use`;
  }

  return {
    name,
    takesBytes: true,
    send: (bodies) => append(bodies),
    sendInOrder: (shard, bodies) => append(bodies, shard),
    receive: (how: ReceiveOptions): Promise<Received> => lastRead.during(reading.receive(how)),
    changeVisibility: (changes): Promise<Handled> => reading.changeVisibility(changes),
    delete: (receiptHandles): Promise<Handled> => reading.delete(receiptHandles),
    async status(): Promise<QueueStatus> {
      const inFlight = reading.inFlight();
      return { kind: "read", waiting: segments.live - inFlight, inFlight, retentionMs: maxAgeMs };
    },
    facts() {
      const { live: messages, oldestAt } = segments;
      const unreadMs = lastRead.unreadMs();
      return { messages, bytes: room.used(), unreadMs, ...(oldestAt !== undefined && { oldestAt }) };
    },
    upkeep,
    async close() {
      isClosed = true;
      await appender.idle();
      await appender.retire();
      await reading.close();
    },
  };
}
