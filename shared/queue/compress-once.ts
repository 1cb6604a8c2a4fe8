import type { Accept } from "../batch/accept.ts";
import { gzip } from "../compression/gzip.ts";

/**
 * Wraps the ways of several destinations into one queue: what all of them get is compressed once. Requests that came compressed, and
 * those of more than `maxBytes`, which are cut first, pass as they are.
 */
export function createCompressOnce(maxBytes: number): (accept: Accept) => Accept {
  // By the bytes, which nobody changes in place; forgotten with them.
  const compressed = new WeakMap<Uint8Array, Promise<Uint8Array>>();
  return (accept) => async (request, abort) => {
    const { bytes } = request;
    if (request.gzip || request.items === 0 || bytes.length > maxBytes) return accept(request, abort);
    const member = compressed.get(bytes) ?? gzip(bytes);
    compressed.set(bytes, member);
    return accept({ ...request, gzip: await member }, abort);
  };
}
