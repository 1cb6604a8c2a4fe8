import { snappyCompress } from "hysnappy";

/** A snappy block, as another implementation writes it. */
export function snappyBlock(plain: Uint8Array): Uint8Array {
  return plain.length === 0 ? Uint8Array.of(0) : snappyCompress(plain);
}

/** The framing format, chunk by chunk, with a padding chunk at the end. */
export function snappyFramed(plain: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [Buffer.from("ff060000734e61507059", "hex")];
  for (let at = 0; at < plain.length; at += 65_536) {
    const part = plain.subarray(at, at + 65_536);
    const block = snappyBlock(part);
    const plainChunk = block.length >= part.length;
    const data = Buffer.concat([checksum(part), plainChunk ? part : block]);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(data.length * 256 + (plainChunk ? 1 : 0));
    chunks.push(head, data);
  }
  return Buffer.concat([...chunks, Buffer.from([0xfe, 2, 0, 0, 9, 9])]);
}

/** The masked CRC-32C of the framing format, bit by bit. */
function checksum(bytes: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}
