import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../shared/clock.ts";
import { type DiskQueue, openDiskQueue } from "../../../shared/node/disk-queue/disk-queue.ts";
import type { Files } from "../../../shared/node/disk-queue/files.ts";
import { createRoom } from "../../../shared/node/disk-queue/room.ts";
import { openStorage, type Storage, type StorageOptions } from "../../../shared/node/disk-queue/storage.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createManualClock } from "../manual-clock.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";

export interface DiskStand {
  readonly path: string;
  readonly storage: Storage;
  readonly queue: DiskQueue;
  readonly events: EmittedEvent[];
  readonly clock: Clock & { advance(ms: number): void };
}

export type StandOptions = Partial<StorageOptions>;

/** A storage with one queue, `main`, in a directory of its own unless one is given, and a clock that the test moves. */
export async function openStand(options: StandOptions = {}): Promise<DiskStand> {
  const { path = temporaryDirectory() } = options;
  const events: EmittedEvent[] = [];
  const clock = createManualClock();
  const opened = await openStorage({
    path,
    maxBytes: 2 ** 30,
    maxAgeMs: 14 * 86_400_000,
    clock,
    monotonic: () => clock.now(),
    emit: recordEvents(events),
    ...options,
  });
  if (opened.kind === "failed") throw new Error(opened.problem);
  const { storage } = opened;
  return { path, storage, queue: await storage.queue("main"), events, clock };
}

/** One queue, `/queue`, without a storage around it: small segments, and real time. */
export function openBare(files: Files, events: EmittedEvent[] = []): Promise<DiskQueue> {
  return openDiskQueue({
    name: "main",
    directory: "/queue",
    files,
    clock: systemClock,
    monotonic: () => performance.now(),
    emit: recordEvents(events),
    room: createRoom(2 ** 30).share(),
    maxAgeMs: 2 ** 40,
    maxSegmentBytes: 20_000,
    newSalt: () => Math.floor(Math.random() * 2 ** 32),
  });
}

let root: string | undefined;

/** Removed when the process ends. */
export function temporaryDirectory(): string {
  if (root === undefined) {
    const created = mkdtempSync(join(tmpdir(), "sluice-disk-"));
    process.once("exit", () => rmSync(created, { recursive: true, force: true }));
    root = created;
  }
  return mkdtempSync(join(root, "storage-"));
}

/** Receives everything that is visible now. */
export async function takeAll(queue: DiskQueue, leaseSeconds = 60) {
  const messages = [];
  for (;;) {
    const received = await queue.receive({ maxMessages: 100, leaseSeconds });
    if (received.kind === "failed") throw new Error(received.reason);
    if (received.messages.length === 0) return messages;
    messages.push(...received.messages);
  }
}
