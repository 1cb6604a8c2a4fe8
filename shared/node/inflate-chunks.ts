import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ResumableGunzip } from "../compression/resumable-gunzip.ts";

/** What the first bytes of a file say of its form. */
export type FileForm =
  | { readonly kind: "gzip" }
  | { readonly kind: "plain" }
  | { readonly kind: "unknown"; readonly name: string };

/** Most bytes that `formOf` looks at. */
export const formBytes = 6;

const forms: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ["Parquet", [0x50, 0x41, 0x52, 0x31]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["Zstandard", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
];

/** Gzip, one of the forms that are not read, or else text, whatever the file is called. */
export function formOf(start: Uint8Array): FileForm {
  if (start[0] === 0x1f && start[1] === 0x8b) return { kind: "gzip" };
  const [name] = forms.find(([, magic]) => magic.every((byte, at) => start[at] === byte)) ?? [];
  return name === undefined ? { kind: "plain" } : { kind: "unknown", name };
}

/**
 * The bytes inside of gzip, of all its members; each chunk may be overwritten by the next. Throws what the source throws, and `code` `Z_…`
 * where it is not gzip to the end. Without `gunzip`, which knows places to go on from, Node's own stream inflates.
 */
export async function* inflateChunks(
  source: AsyncIterable<Uint8Array>,
  gunzip?: ResumableGunzip,
): AsyncGenerator<Uint8Array> {
  if (!gunzip) {
    const stream = createGunzip({ chunkSize: 65_536 });
    // Errors reach whoever reads the stream.
    pipeline(source, stream, () => {});
    yield* stream;
    return;
  }
  for await (const chunk of source) yield* gunzip.push(chunk);
  gunzip.end();
}
