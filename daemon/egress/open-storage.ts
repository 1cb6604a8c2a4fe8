import { serveStorage } from "../../shared/node/disk-queue/control-server.ts";
import { createMemoryFiles } from "../../shared/node/disk-queue/memory-files.ts";
import { openStorage, type Storage } from "../../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import { createUnreadQueues } from "./unread-queues.ts";

/** The queues of a process, and the directory that they are in; without one they are in memory. */
export interface OwnStorage {
  readonly storage: Storage;
  readonly path?: string;
}

export interface DaemonStorageOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly emit: Emit;
  /** Names the setting or flag that the path came from. */
  readonly setting: string;
}

const lookEveryMs = 60_000;

/**
 * Opens the storage path of a daemon, and lets `sluice dead-letters --storage PATH` work on it while the daemon runs. Rejects with a
 * sentence for a person.
 */
export async function openDaemonStorage(options: DaemonStorageOptions): Promise<Storage> {
  const { path, maxBytes, maxAgeMs, emit, setting } = options;
  const opened = await openStorage({ path, maxBytes, maxAgeMs, clock, emit, itemsOf });
  if (opened.kind === "failed") throw new Error(`${setting}: ${opened.problem}.`);
  const { storage } = opened;
  const control = await serveStorage(storage, path).catch((error: unknown) => {
    emit("storage.failed", { queue: "", operation: "control", reason: String(error) });
    return undefined;
  });
  const look = createUnreadQueues(storage, emit);
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    // A disk that fails is told by whoever writes to it.
    looking = looking.then(look).catch(() => {});
  }, lookEveryMs);
  timer.unref();
  return {
    ...storage,
    async close() {
      clearInterval(timer);
      await looking;
      await control?.close();
      await storage.close();
    },
  };
}

/** Most that waits in memory where there is no storage path. */
const maxMemoryBytes = 64 * 2 ** 20;

/** Queues in memory, for a process without a storage path: they end with it, which is said once. */
export async function openMemoryStorage(options: Omit<DaemonStorageOptions, "path">): Promise<Storage> {
  const { maxAgeMs, emit, setting } = options;
  const maxBytes = Math.min(options.maxBytes, maxMemoryBytes);
  const files = createMemoryFiles();
  const lock = () => ({ release: () => {} });
  const opened = await openStorage({ path: "memory", maxBytes, maxAgeMs, clock, emit, itemsOf, files, lock });
  if (opened.kind === "failed") throw new Error(`${setting}: ${opened.problem}.`);
  emit("storage.memory", { setting, maxBytes });
  return opened.storage;
}

function itemsOf(body: string | Uint8Array): number {
  const decoded = decodeEnvelope(body);
  return decoded.kind === "batch" ? decoded.batch.items : 0;
}
