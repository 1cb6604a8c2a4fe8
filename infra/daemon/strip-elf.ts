const cutShort = "This ELF file is cut short.";

/**
 * A program without what only a debugger reads: symbols and the table of sections, which stand behind all that is loaded (ELF-64,
 * System V ABI). As `sstrip` does; `strip` of binutils is in no slim image. Throws when `bytes` are not such a program.
 */
export function stripElf(bytes: Uint8Array): Uint8Array {
  if (!isElf(bytes)) throw new Error("This is not a 64-bit little-endian ELF file.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = Number(view.getBigUint64(0x20, true));
  const size = view.getUint16(0x36, true);
  const count = view.getUint16(0x38, true);
  let end = headers + size * count;
  if (end > bytes.length) throw new Error(cutShort);
  for (let index = 0; index < count; index += 1) {
    const header = headers + index * size;
    const [offset, length] = [view.getBigUint64(header + 0x08, true), view.getBigUint64(header + 0x20, true)];
    end = Math.max(end, Number(offset + length));
  }
  if (end > bytes.length) throw new Error(cutShort);
  const stripped = bytes.slice(0, end);
  const head = new DataView(stripped.buffer);
  head.setBigUint64(0x28, 0n, true);
  for (const field of [0x3a, 0x3c, 0x3e]) head.setUint16(field, 0, true);
  return stripped;
}

/** Whether `bytes` begin as a program of 64 bits, little-endian, for Linux. */
export function isElf(bytes: Uint8Array): boolean {
  const begin = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  return bytes.length >= 64 && begin.every((byte, at) => bytes[at] === byte);
}

/** The machine that such a program is for, by Debian's name; undefined for another one. */
export function architectureOf(bytes: Uint8Array): "amd64" | "arm64" | undefined {
  if (!isElf(bytes)) return undefined;
  return { 62: "amd64" as const, 183: "arm64" as const }[bytes[0x12] ?? 0];
}
