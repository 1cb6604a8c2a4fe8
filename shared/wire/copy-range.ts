/** Copies a range and returns the position after it. Short ranges byte by byte: making a view costs more than they do. */
export function copyRange(
  from: Uint8Array,
  range: { readonly start: number; readonly end: number },
  target: { readonly to: Uint8Array; readonly pos: number },
): number {
  const { start, end } = range;
  const { to, pos } = target;
  if (end - start > 24) to.set(from.subarray(start, end), pos);
  else for (let at = start; at < end; at++) to[pos + at - start] = from[at] as number;
  return pos + end - start;
}
