import { randomInt } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { QueueBody } from "../../queue/queue.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import type { DirectoryLock } from "../directory-lock.ts";
import { diskProblem } from "./disk-problem.ts";
import { type DiskQueue, openDiskQueue, type QueueFacts } from "./disk-queue.ts";
import { type Files, systemFiles } from "./files.ts";
import { createRoom } from "./room.ts";
import { lockStorage } from "./storage-format.ts";

export interface StorageOptions {
  /** The directory; one process has it at a time. */
  readonly path: string;
  /** Bytes of all queues together. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Items of a message, for the ledger of what is dropped for its age. */
  readonly itemsOf?: (body: QueueBody) => number;
  /** Default `systemFiles`; tests bring faults. */
  readonly files?: Files;
  /** Milliseconds that only ever grow; default `performance.now`. */
  readonly monotonic?: () => number;
  /** Takes the directory for this process; default a lock that ends with the process. */
  readonly lock?: (directory: string) => DirectoryLock | undefined;
}

/** Several queues in one directory, bounded together. */
export interface Storage {
  /** The queue of that name, created where it is missing; the same one each time. Rejects with a sentence for a person. */
  queue(name: string): Promise<DiskQueue>;
  /** Names of the queues that are in the directory. */
  names(): Promise<readonly string[]>;
  facts(): StorageFacts;
  /** Gives back space, drops what is too old, looks at the free space of the disk. Runs by itself every second. */
  upkeep(): Promise<void>;
  /** Finishes what is being written and gives the directory back. */
  close(): Promise<void>;
}

/** How full the storage is, and how the disk is. */
export interface StorageFacts {
  readonly queues: ReadonlyMap<string, QueueFacts>;
  readonly maxBytes: number;
  readonly freeBytes?: number;
  /** Why nothing can be appended now; undefined when it can, as far as is known. */
  readonly problem?: string;
}

/** What came of opening a storage. */
export type OpenedStorage =
  | { readonly kind: "opened"; readonly storage: Storage }
  /** `isInUse`: another process has it, and may be asked (`control-client.ts`). */
  | { readonly kind: "failed"; readonly problem: string; readonly isInUse?: true };

const upkeepMs = 1000;
/** Left free for others on the same disk, whatever `maxBytes` says. */
const minFreeBytes = 64 * 2 ** 20;
const segmentBytes = { max: 16 * 2 ** 20, min: 2 ** 20, share: 1 / 32 };

/** Opens a storage, creating its directory where it is missing. Never rejects: a problem is a sentence for a person. */
export async function openStorage(options: StorageOptions): Promise<OpenedStorage> {
  const { path, files = systemFiles, lock = lockStorage } = options;
  try {
    await files.makeDirectory(path);
    const held = lock(path);
    if (!held) {
      const problem = `${path} is in use by another process: each needs a storage path of its own`;
      return { kind: "failed", problem, isInUse: true };
    }
    return { kind: "opened", storage: createStorage({ ...options, files }, held) };
  } catch (error) {
    return { kind: "failed", problem: diskProblem(error, `cannot use the storage path ${path}`) };
  }
}

function createStorage(options: StorageOptions & { readonly files: Files }, lock: DirectoryLock): Storage {
  const { path, files, maxBytes } = options;
  const room = createRoom(maxBytes);
  const queues = new Map<string, Promise<DiskQueue>>();
  const opened = new Map<string, DiskQueue>();
  let freeBytes: number | undefined;
  let lastFailure: string | undefined;
  let keeping: Promise<void> | undefined;
  const timer = setInterval(() => void upkeep(), upkeepMs);
  timer.unref();

  function queue(name: string): Promise<DiskQueue> {
    const known = queues.get(name);
    if (known) return known;
    const opening = open(name).catch((error: unknown) => {
      queues.delete(name);
      throw new Error(diskProblem(error, `cannot open the queue ${name} in ${path}`));
    });
    queues.set(name, opening);
    return opening;
  }

  async function open(name: string): Promise<DiskQueue> {
    const { share, min, max } = segmentBytes;
    const created = await openDiskQueue({
      ...options,
      name,
      directory: `${path}/${directoryOf(name)}`,
      monotonic: options.monotonic ?? (() => performance.now()),
      room: room.share(),
      maxSegmentBytes: Math.min(max, Math.max(min, Math.floor(maxBytes * share))),
      newSalt: () => randomInt(2 ** 32),
      refusal: noSpace,
      onWrite: (failure) => {
        lastFailure = failure;
      },
    });
    opened.set(name, created);
    return created;
  }

  function noSpace(): string | undefined {
    if (freeBytes === undefined || freeBytes >= minFreeBytes) return undefined;
    return `the disk of ${path} has ${freeBytes} bytes left, which is less than is kept free`;
  }

  async function upkeep(): Promise<void> {
    keeping ??= keep().finally(() => {
      keeping = undefined;
    });
    await keeping;
  }

  async function keep(): Promise<void> {
    freeBytes = await files.freeBytes(path).catch(() => undefined);
    for (const each of opened.values()) await each.upkeep();
  }

  return {
    queue,
    async names() {
      return (await files.list(path)).flatMap((entry) => nameOf(entry) ?? []);
    },
    facts() {
      const problem = noSpace() ?? lastFailure;
      return {
        queues: new Map([...opened].map(([name, each]) => [name, each.facts()])),
        maxBytes,
        ...(freeBytes !== undefined && { freeBytes }),
        ...(problem !== undefined && { problem }),
      };
    },
    upkeep,
    async close() {
      clearInterval(timer);
      await keeping;
      for (const each of await Promise.allSettled(queues.values())) {
        if (each.status === "fulfilled") await each.value.close();
      }
      lock.release();
    },
  };
}

const prefix = "queue-";

/** A queue's directory; characters that mean something in paths are escaped. */
function directoryOf(name: string): string {
  return `${prefix}${encodeURIComponent(name)}`;
}

function nameOf(entry: string): string | undefined {
  if (!entry.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(entry.slice(prefix.length));
  } catch {
    return undefined;
  }
}
