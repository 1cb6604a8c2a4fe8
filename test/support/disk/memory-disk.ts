import type { Random } from "../../../shared/clock.ts";
import type { Files, OpenFile } from "../../../shared/node/disk-queue/files.ts";

/** A disk in memory that knows what is on the platter and what the system only promised. */
export interface MemoryDisk {
  readonly files: Files;
  /** Contents by path, as a process sees them */
  readonly contents: Map<string, Buffer>;
  /** Gives a file other bytes. */
  replace(path: string, content: Buffer): void;
  /** File operations begun so far. */
  operations(): number;
  /**
   * Ends the process that uses `files`: nothing it asked for completes any more, and a write under way is done in part. `power`
   * also loses what was not flushed: any subset of the writes and of the changes of names since then.
   */
  crash(how: "kill" | "power"): void;
}

export interface MemoryDiskOptions {
  readonly random: Random;
  /** Asked before every operation: an error code makes it fail. */
  readonly fault?: (operation: string, path: string) => string | undefined;
}

interface Inode {
  content: Buffer;
  flushed: Buffer;
  unflushed: { readonly at: number; readonly bytes: Buffer }[];
}

/** Starts empty. After a crash, `files` works again for the next process. */
export function createMemoryDisk({ random, fault = () => undefined }: MemoryDiskOptions): MemoryDisk {
  let names = new Map<string, Inode>();
  let flushedNames = new Map<string, Inode>();
  const underWay = new Set<() => void>();
  let life = 0;
  let operations = 0;

  /** Runs `work` a little later, unless the process has ended by then: it then hears nothing, ever. */
  async function operate<Result>(operation: string, path: string, work: (isCut: boolean) => Result): Promise<Result> {
    const mine = life;
    operations += 1;
    const cut = () => void work(true);
    if (operation === "write") underWay.add(cut);
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise(setImmediate);
    underWay.delete(cut);
    if (mine !== life) return new Promise(() => {});
    const code = fault(operation, path);
    if (code !== undefined) {
      if (operation === "write") work(true);
      throw Object.assign(new Error(`${code}: ${operation} ${path}`), { code });
    }
    return work(false);
  }

  function handle(inode: Inode, path: string): OpenFile {
    const write: OpenFile["write"] = (parts, position) =>
      operate("write", path, (isCut) => {
        const all = Buffer.concat(parts);
        put(inode, position, isCut ? all.subarray(0, Math.floor(random() * all.length)) : all);
      });
    const datasync: OpenFile["datasync"] = () =>
      operate("datasync", path, () => {
        inode.flushed = Buffer.from(inode.content);
        inode.unflushed = [];
      });
    return {
      write,
      async append(parts, position) {
        await write(parts, position);
        await datasync();
      },
      read: (into, position) =>
        operate("read", path, () => inode.content.copy(into, 0, position, position + into.length)),
      datasync,
      truncate: (bytes) =>
        operate("truncate", path, () => {
          inode.content = Buffer.concat([inode.content], bytes);
          inode.unflushed.push({ at: -1, bytes: Buffer.from(inode.content) });
        }),
      size: () => operate("size", path, () => inode.content.length),
      close: () => operate("close", path, () => {}),
    };
  }

  const files: Files = {
    aheadBytes: 4000,
    open: (path, how) =>
      operate("open", path, () => {
        const known = names.get(path);
        if (how === "create" && known) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
        if (how === "read" && !known) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        const inode = known ?? { content: Buffer.alloc(0), flushed: Buffer.alloc(0), unflushed: [] };
        names.set(path, inode);
        return handle(inode, path);
      }),
    list: (directory) =>
      operate("list", directory, () =>
        [...names.keys()]
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1)),
      ),
    makeDirectory: (path) => operate("makeDirectory", path, () => {}),
    rename: (from, to) =>
      operate("rename", from, () => {
        const inode = names.get(from);
        if (!inode) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        names.delete(from);
        names.set(to, inode);
      }),
    remove: (path) => operate("remove", path, () => void names.delete(path)),
    syncDirectory: (path) =>
      operate("syncDirectory", path, () => {
        flushedNames = new Map(names);
      }),
    freeBytes: (path) => operate("freeBytes", path, () => 2 ** 40),
  };

  return {
    files,
    get contents() {
      return new Map([...names].map(([path, { content }]) => [path, content]));
    },
    replace(path, content) {
      names.set(path, { content, flushed: content, unflushed: [] });
    },
    operations: () => operations,
    crash(how) {
      life += 1;
      for (const cut of underWay) if (random() < 0.5) cut();
      underWay.clear();
      if (how === "kill") return;
      const paths = new Set([...names.keys(), ...flushedNames.keys()]);
      const survivors = new Map<string, Inode>();
      for (const path of paths) {
        const inode = (random() < 0.5 ? names : flushedNames).get(path);
        if (inode) survivors.set(path, inode);
      }
      for (const inode of new Set([...survivors.values()])) loseUnflushed(inode);
      names = survivors;
      flushedNames = new Map(survivors);
    },
  };

  function loseUnflushed(inode: Inode): void {
    const lost = inode.unflushed;
    inode.content = Buffer.from(inode.flushed);
    inode.unflushed = [];
    for (const { at, bytes } of lost) {
      const luck = random();
      if (at < 0) {
        if (luck < 0.5 && bytes.length <= inode.content.length)
          inode.content = Buffer.concat([inode.content], bytes.length);
      } else if (luck < 0.4) put(inode, at, bytes);
      else if (luck < 0.6) put(inode, at, bytes.subarray(0, Math.floor(random() * bytes.length)));
      // The size came to the disk and the data did not.
      else if (luck < 0.8) put(inode, at, Buffer.alloc(bytes.length));
    }
    inode.flushed = Buffer.from(inode.content);
    inode.unflushed = [];
  }
}

function put(inode: Inode, at: number, bytes: Buffer): void {
  const size = Math.max(inode.content.length, at + bytes.length);
  if (size > inode.content.length) inode.content = Buffer.concat([inode.content], size);
  bytes.copy(inode.content, at);
  inode.unflushed.push({ at, bytes: Buffer.from(bytes) });
}
