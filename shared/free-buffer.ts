/**
 * Gives the memory of `bytes` back at once, where it is all of its ArrayBuffer, and leaves them empty. What is copied out of buffers
 * like these many times a second would last until the next collection: several MiB at 10,000 spans a second (bench/memory.ts).
 */
export function freeBuffer({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
