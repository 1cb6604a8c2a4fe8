import { gzip } from "./gzip.ts";
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
