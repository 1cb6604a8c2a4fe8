import { gzipSync } from "node:zlib";

/** Something in an archive; `path` is relative and uses forward slashes. */
export type TarEntry =
  | { readonly kind: "file"; readonly path: string; readonly bytes: Uint8Array; readonly mode?: number }
  | { readonly kind: "folder"; readonly path: string; readonly mode?: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

const blockBytes = 512;
const typeFlags = { file: "0", folder: "5", link: "2" } as const;

/**
 * A tar archive of the ustar format that depends on nothing but its entries and `epoch` (seconds): sorted, owned by root.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format". Paths of up to 100 bytes.
 */
export function tar(entries: readonly TarEntry[], epoch: number): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = sorted.flatMap((entry) => {
    const bytes = entry.kind === "file" ? entry.bytes : new Uint8Array();
    const padding = Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes);
    return [header(entry, bytes.length, epoch), bytes, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** The same, compressed; gzip's own header holds no time and no name. */
export function tarGz(entries: readonly TarEntry[], epoch: number): Buffer {
  return gzipSync(tar(entries, epoch), { level: 6 });
}

function header(entry: TarEntry, size: number, epoch: number): Buffer {
  const path = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  if (Buffer.byteLength(path) > 100)
    throw new Error(`${path} has more than the 100 bytes that a name in an archive has`);
  const mode = entry.kind === "link" ? 0o777 : (entry.mode ?? (entry.kind === "folder" ? 0o755 : 0o644));
  const block = Buffer.alloc(blockBytes);
  block.write(path, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(epoch, 12), 136);
  // The checksum counts its own field as blanks.
  block.write("        ", 148);
  block.write(typeFlags[entry.kind], 156);
  if (entry.kind === "link") block.write(entry.target, 157);
  block.write("ustar\u000000", 257);
  block.write("root", 265);
  block.write("root", 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\u0000 `, 148);
  return block;
}

/** `width` includes the closing NUL, which the block has already. */
function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, "0");
}
