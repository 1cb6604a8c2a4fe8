import {
  close,
  constants,
  fdatasync,
  fstat,
  ftruncate,
  open as openPath,
  read,
  type Stats,
  write,
  writev,
} from "node:fs";
import { mkdir, open, readdir, rename, rm, statfs } from "node:fs/promises";

/** An open file. Everything rejects with the system's error. */
export interface OpenFile {
  /** Writes all of `parts` at `position`. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  /** The same, and returns when it is on the disk. */
  append(parts: readonly Uint8Array[], position: number): Promise<void>;
  /** Bytes read into `into`, fewer only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Returns when what was written is on the disk. */
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** The file operations of the disk queue: the tests put faults and power cuts behind them. */
export interface Files {
  /**
   * By so many zeros a file is best made longer before they are needed: a flush of what stands inside of it need not flush where it ends and
   * what it consists of too. Absent where that gains nothing.
   */
  readonly aheadBytes?: number;
  /** `create` fails where the file is there; `write` creates it where it is not. */
  open(path: string, how: "create" | "write" | "read"): Promise<OpenFile>;
  list(directory: string): Promise<readonly string[]>;
  /** Creates it with its parents; of what it creates, nobody else may look into anything. */
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where there is no such file. */
  remove(path: string): Promise<void>;
  /** Returns when the names in the directory are on the disk. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this process may still write on the disk of `path`. */
  freeBytes(path: string): Promise<number>;
}

const { O_CREAT, O_DSYNC, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const flags = { create: O_RDWR | O_CREAT | O_EXCL, write: O_RDWR | O_CREAT, read: O_RDONLY };

/** The file system itself, in the thread pool: the event loop never waits for the disk. */
export const systemFiles: Files = {
  aheadBytes: 512 * 1024,
  open: async (path, how) => new SystemFile(path, await openDescriptor(path, flags[how])),
  list: (directory) => readdir(directory),
  makeDirectory: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(path) {
    const directory = await open(path, O_RDONLY);
    await directory.sync().finally(() => directory.close());
  },
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/**
 * By its descriptor and with callbacks: a handle of `node:fs/promises` costs half as much again for each call. What is appended is written
 * and flushed in one call, by a descriptor of its own, so that a thread is woken once and not twice (bench/scraping).
 */
class SystemFile implements OpenFile {
  readonly #path: string;
  readonly #descriptor: number;
  #flushing: Promise<number> | undefined;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  write(parts: readonly Uint8Array[], position: number): Promise<void> {
    return writeAll(this.#descriptor, parts, position);
  }

  async append(parts: readonly Uint8Array[], position: number): Promise<void> {
    this.#flushing ??= openDescriptor(this.#path, O_WRONLY | O_DSYNC);
    await writeAll(await this.#flushing, parts, position);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const bytes = await called<number>((end) =>
        read(this.#descriptor, into, done, into.length - done, position + done, end),
      );
      if (bytes === 0) break;
      done += bytes;
    }
    return done;
  }

  datasync(): Promise<void> {
    return called((end) => fdatasync(this.#descriptor, end));
  }

  truncate(bytes: number): Promise<void> {
    return called((end) => ftruncate(this.#descriptor, bytes, end));
  }

  async size(): Promise<number> {
    return (await called<Stats>((end) => fstat(this.#descriptor, end))).size;
  }

  async close(): Promise<void> {
    const flushing = await this.#flushing?.catch(() => undefined);
    if (flushing !== undefined) await called((end) => close(flushing, end));
    await called((end) => close(this.#descriptor, end));
  }
}

function openDescriptor(path: string, how: number): Promise<number> {
  return called((end) => openPath(path, how, 0o600, end));
}

async function writeAll(descriptor: number, parts: readonly Uint8Array[], position: number): Promise<void> {
  let left = parts;
  let at = position;
  while (left.length > 0) {
    const [first = nothing, ...others] = left;
    const bytes = await called<number>((end) =>
      others.length === 0
        ? write(descriptor, first, 0, first.length, at, end)
        : writev(descriptor, left as readonly Uint8Array[], at, end),
    );
    at += bytes;
    left = after(left, bytes);
  }
}

const nothing = new Uint8Array(0);

type End<T> = (error: Error | null, value?: T) => void;

function called<T = void>(call: (end: End<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** What is left of `parts` when their first `bytes` are written. */
function after(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  for (const [index, part] of parts.entries()) {
    if (skip < part.length) return [part.subarray(skip), ...parts.slice(index + 1)];
    skip -= part.length;
  }
  return [];
}
