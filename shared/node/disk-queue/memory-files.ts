import type { Files, OpenFile } from "./files.ts";

const initialBytes = 4096;

interface Inode {
  content: Uint8Array;
  bytes: number;
}

/** Files of this process alone, which end with it: a queue without a storage path is in them. What bounds the queue bounds them. */
export function createMemoryFiles(): Files {
  const inodes = new Map<string, Inode>();

  return {
    async open(path, how) {
      const known = inodes.get(path);
      if (how === "create" && known) throw problem("EEXIST", path);
      if (how === "read" && !known) throw problem("ENOENT", path);
      const inode = known ?? { content: new Uint8Array(initialBytes), bytes: 0 };
      inodes.set(path, inode);
      return openFile(inode);
    },
    async list(directory) {
      const prefix = `${directory}/`;
      const below = [...inodes.keys()].filter((path) => path.startsWith(prefix));
      return [...new Set(below.map((path) => path.slice(prefix.length).split("/")[0] ?? ""))];
    },
    async makeDirectory() {},
    async rename(from, to) {
      const inode = inodes.get(from);
      if (!inode) throw problem("ENOENT", from);
      inodes.delete(from);
      inodes.set(to, inode);
    },
    async remove(path) {
      inodes.delete(path);
    },
    async syncDirectory() {},
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  };
}

function openFile(inode: Inode): OpenFile {
  function reserve(bytes: number): void {
    if (bytes <= inode.content.length) return;
    const grown = new Uint8Array(Math.max(bytes, inode.content.length * 2));
    grown.set(inode.content.subarray(0, inode.bytes));
    inode.content = grown;
  }

  async function write(parts: readonly Uint8Array[], position: number): Promise<void> {
    let at = position;
    // At once: growing keeps what is inside of the file, not what a write has put behind its end.
    reserve(parts.reduce((end, part) => end + part.length, position));
    for (const part of parts) {
      inode.content.set(part, at);
      at += part.length;
    }
    inode.bytes = Math.max(inode.bytes, at);
  }

  return {
    write,
    append: write,
    async read(into, position) {
      const found = inode.content.subarray(position, Math.min(inode.bytes, position + into.length));
      into.set(found);
      return found.length;
    },
    async datasync() {},
    async truncate(bytes) {
      reserve(bytes);
      inode.content.fill(0, Math.min(bytes, inode.bytes));
      inode.bytes = bytes;
    },
    size: async () => inode.bytes,
    async close() {},
  };
}

function problem(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
