import type { SignalName } from "../signal.ts";
import { FieldWalk } from "./fields.ts";

type Kind = "request" | "resource" | "scope" | "metric" | "data";

/** How many spans, data points or log records a group holds: what goes when it goes; or a whole request. */
export function countItems(
  bytes: Uint8Array,
  range: { readonly from: number; readonly to: number },
  { kind, signal }: { readonly kind: Kind; readonly signal: SignalName },
): number {
  const walk = new FieldWalk();
  let items = 0;
  walk.begin(bytes, range.from, range.to);
  while (walk.next()) {
    if (walk.wireType !== 2) continue;
    const { number, from, to } = walk;
    if (kind === "request") {
      if (number === 1) items += countItems(bytes, { from, to }, { kind: "resource", signal });
    } else if (kind === "resource") {
      if (number === 2 || number === 1000) items += countItems(bytes, { from, to }, { kind: "scope", signal });
    } else if (kind === "scope") {
      if (number !== 2) continue;
      items += signal === "metrics" ? countItems(bytes, { from, to }, { kind: "metric", signal }) : 1;
    } else if (kind === "metric") {
      // Of several members of the oneof the last counts.
      if (number === 5 || number === 7 || (number >= 9 && number <= 11))
        items = countItems(bytes, { from, to }, { kind: "data", signal });
    } else if (number === 1) items++;
  }
  return items;
}
