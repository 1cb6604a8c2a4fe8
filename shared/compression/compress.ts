import { gunzip, gzip } from "./gzip.ts";
import { unsnappy } from "./snappy.ts";
import { snappy } from "./snappy-block.ts";

/** How a payload is compressed; `snappy` is the block format. */
export type Compression = "identity" | "gzip" | "snappy";

/** `bytes` in that compression; large gzip inputs on the thread pool. */
export async function compress(bytes: Uint8Array, compression: Compression): Promise<Uint8Array> {
  switch (compression) {
    case "identity":
      return bytes;
    case "gzip":
      return gzip(bytes);
    case "snappy":
      return snappy(bytes);
  }
}

/** The inverse; rejects when the content is damaged or longer than `maxBytes`. */
export async function decompress(bytes: Uint8Array, compression: Compression, maxBytes: number): Promise<Uint8Array> {
  switch (compression) {
    case "identity":
      return bytes;
    case "gzip":
      return gunzip(bytes, maxBytes);
    case "snappy": {
      const decoded = unsnappy(bytes, maxBytes);
      if (decoded.kind !== "decoded") throw new Error(`the snappy block is ${decoded.kind}`);
      return decoded.bytes;
    }
  }
}
