import type { ObjectNotice } from "../../shared/aws-events/objects/notice.ts";
import type { ObjectSource } from "../../shared/aws-events/objects/object-source.ts";

export interface MemoryObjectOptions {
  /** Most bytes of a chunk; each is overwritten once it was read. */
  readonly chunkBytes?: number;
  /** Called before each chunk, with its offset: may throw. */
  readonly before?: (offset: number) => void;
}

/** One uncompressed object in memory, whatever notice asks for it. */
export function memoryObject(bytes: Uint8Array, options: MemoryObjectOptions = {}): ObjectSource {
  const { chunkBytes = 7, before = () => {} } = options;
  async function* chunks(notice: ObjectNotice) {
    for (let at = notice.position?.offset ?? 0; at < bytes.length; at += chunkBytes) {
      before(at);
      const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes));
      yield chunk;
      chunk.fill(0x78);
    }
  }
  return { open: async (notice) => ({ kind: "opened", isPlain: false, chunks: chunks(notice) }) };
}
