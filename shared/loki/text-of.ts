const maxInterned = 64;
const slots = 1024;
/** Texts that were made of bytes before, each at the place that its bytes say: labels and levels repeat. */
const interned: string[] = new Array<string>(slots).fill("");

/** A text that still is bytes, of valid UTF-8. */
export interface TextRange {
  readonly block: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The text of bytes; the same string again for short ones that repeat. */
export function textOf(block: Buffer, from: number, to: number): string {
  const length = to - from;
  if (length === 0) return "";
  if (length > maxInterned) return block.toString("utf8", from, to);
  const middle = block[from + (length >> 1)] as number;
  const hash = length + 31 * (block[from] as number) + 131 * middle + 1033 * (block[to - 1] as number);
  const slot = hash & (slots - 1);
  const known = interned[slot] as string;
  if (known.length === length && isText(known, block, from)) return known;
  const text = block.toString("utf8", from, to);
  interned[slot] = text;
  return text;
}

/** Whether a text of ASCII stands there; for any other text it says no. */
function isText(text: string, block: Buffer, from: number): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit !== block[from + at] || unit > 127) return false;
  }
  return true;
}
