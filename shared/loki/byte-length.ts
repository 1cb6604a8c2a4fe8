/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Whether a text has more than `bytes` bytes in UTF-8; mostly known without counting. */
export function isLongerThan(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && byteLength(text) > bytes;
}

/** The longest beginning of a text that has at most `bytes` bytes and no half character at its end. */
export function cutToBytes(text: string, bytes: number): string {
  if (!isLongerThan(text, bytes)) return text;
  const head = Buffer.from(text.slice(0, Math.max(0, bytes)));
  let end = Math.min(bytes, head.length);
  while (end > 0 && end < head.length && ((head[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return head.toString("utf8", 0, end);
}
