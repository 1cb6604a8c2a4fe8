import { crc32, deflateRawSync } from "node:zlib";

/** A file inside an archive; `name` uses forward slashes and is relative. */
export interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const version = 20;
/** File names are UTF-8. */
const flags = 0x0800;
const deflated = 8;
/** 1 January 1980: the first date that the format can say, so that the same files make the same archive on every day. */
const date = 0x0021;
/** Unix host, regular file, readable by all: Lambda's sandbox runs as another user than the one that packed. */
const madeBy = (3 << 8) | version;
const mode = 0o100644 * 0x10000;

/**
 * A ZIP archive that depends on nothing but its files: no clock, time zone, umask or platform in it.
 * Source: PKWARE APPNOTE 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end of it). Files below 4 GiB.
 */
export function zip(files: readonly ZipFile[]): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const content = deflateRawSync(file.bytes, { level: 9 });
    const facts = describe(file.bytes, content, name);
    const local = Buffer.concat([u32(0x04034b50), u16(version), facts, u16(0), name]);
    directory.push(central(facts, name, offset));
    chunks.push(local, content);
    offset += local.length + content.length;
  }
  const index = Buffer.concat(directory);
  return Buffer.concat([...chunks, index, end(files.length, index.length, offset)]);
}

/** The part that local header and directory share: flags to the length of the name. */
function describe(bytes: Uint8Array, content: Uint8Array, name: Uint8Array): Buffer {
  const sizes = [u32(crc32(bytes)), u32(content.length), u32(bytes.length)];
  return Buffer.concat([u16(flags), u16(deflated), u16(0), u16(date), ...sizes, u16(name.length)]);
}

function central(facts: Uint8Array, name: Uint8Array, offset: number): Buffer {
  const head = [u32(0x02014b50), u16(madeBy), u16(version), facts];
  const noExtraCommentDiskAttributes = [u16(0), u16(0), u16(0), u16(0)];
  return Buffer.concat([...head, ...noExtraCommentDiskAttributes, u32(mode), u32(offset), name]);
}

function end(files: number, size: number, offset: number): Buffer {
  return Buffer.concat([u32(0x06054b50), u16(0), u16(0), u16(files), u16(files), u32(size), u32(offset), u16(0)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
