/** A set of code points: sorted pairs of first and last, none of them touching. */
export type Ranges = readonly number[];

const maxCodePoint = 0x10ffff;

/** Every code point. */
export const allCodePoints: Ranges = [0, maxCodePoint];

/** Every code point but the newline. */
export const notNewline: Ranges = [0, 9, 11, maxCodePoint];

/** Sorts and joins pairs in any order. */
export function normalize(pairs: readonly number[]): Ranges {
  const list: [number, number][] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    list.push([pairs[i] ?? 0, pairs[i + 1] ?? 0]);
  }
  list.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [first, last] of list) {
    const end = out.at(-1);
    if (end !== undefined && first <= end + 1) {
      out[out.length - 1] = Math.max(end, last);
    } else {
      out.push(first, last);
    }
  }
  return out;
}

/** The code points that are not in the set. */
export function negate(ranges: Ranges): Ranges {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const first = ranges[i] ?? 0;
    if (first > next) {
      out.push(next, first - 1);
    }
    next = (ranges[i + 1] ?? 0) + 1;
  }
  if (next <= maxCodePoint) {
    out.push(next, maxCodePoint);
  }
  return out;
}

/** Whether a code point is in both sets. */
export function overlap(a: Ranges, b: Ranges): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if ((a[i + 1] ?? 0) < (b[j] ?? 0)) {
      i += 2;
    } else if ((b[j + 1] ?? 0) < (a[i] ?? 0)) {
      j += 2;
    } else {
      return true;
    }
  }
  return false;
}

/** The set with both cases of every letter, as RE2 folds them; undefined when it holds more than ASCII (left to RE2 itself). */
export function foldAscii(ranges: Ranges): Ranges | undefined {
  const out = [...ranges];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    if ((ranges[i + 1] ?? 0) > 0x7f) {
      return undefined;
    }
    for (let c = ranges[i] ?? 0; c <= (ranges[i + 1] ?? 0); c++) {
      const lower = c | 0x20;
      if (lower < 0x61 || lower > 0x7a || c < 0x41) {
        continue;
      }
      out.push(c ^ 0x20, c ^ 0x20);
      if (lower === 0x6b) {
        out.push(0x212a, 0x212a);
      } else if (lower === 0x73) {
        out.push(0x17f, 0x17f);
      }
    }
  }
  return normalize(out);
}
