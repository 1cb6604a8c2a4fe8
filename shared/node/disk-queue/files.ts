import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, statfs } from "node:fs/promises";

/** An open file. Everything rejects with the system's error. */
export interface OpenFile {
  /** Writes all of `parts` at `position`. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
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

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
const flags = { create: O_RDWR | O_CREAT | O_EXCL, write: O_RDWR | O_CREAT, read: O_RDONLY };

/** The file system itself, in the thread pool: the event loop never waits for the disk. */
export const systemFiles: Files = {
  open: async (path, how) => openFile(await open(path, flags[how], 0o600)),
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

function openFile(handle: FileHandle): OpenFile {
  return {
    async write(parts, position) {
      let left = parts;
      let at = position;
      while (left.length > 0) {
        const { bytesWritten } = await handle.writev(left, at);
        at += bytesWritten;
        left = after(left, bytesWritten);
      }
    },
    async read(into, position) {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    datasync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
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
