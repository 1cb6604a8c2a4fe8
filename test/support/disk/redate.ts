import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

const footerBytes = 48;

/**
 * Says of every record below `folder` that it was written at `now`, in the form that docs/disk-queue.md gives: a stored fixture
 * would be too old one day. Every sealed file of it has one record.
 */
export function redate(folder: string, now: number): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) =>
    name.endsWith(".segment"),
  );
  for (const { parentPath, name } of files) {
    const salt = Number.parseInt(/-([0-9a-f]{8})\.segment$/.exec(name)?.[1] ?? "", 16);
    const bytes = readFileSync(join(parentPath, name));
    const headerBytes = 36 + (bytes[33] ?? 0);
    bytes.writeDoubleLE(now, 24);
    bytes.writeUInt32LE(crc32(bytes.subarray(8, headerBytes), salt), 4);
    const footer = bytes.subarray(bytes.length - footerBytes);
    footer.writeDoubleLE(now, 24);
    footer.writeDoubleLE(now, 32);
    footer.writeUInt32LE(crc32(footer.subarray(8), salt), 4);
    writeFileSync(join(parentPath, name), bytes);
  }
}
