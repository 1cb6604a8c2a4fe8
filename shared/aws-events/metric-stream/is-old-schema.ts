import { FieldCursor } from "../../wire/field-cursor.ts";

/** Where the data points of summaries are, from the request down: OTLP 0.7 has the same numbers as 1.0. */
const path = [1, 2, 2, 11, 1] as const;
/** SummaryDataPoint: what 0.7 called labels, and what 1.0 calls attributes. */
const labels = 1;
const attributes = 7;

/**
 * Whether a request is one of OpenTelemetry 0.7: its data points have labels where those of 1.0 have attributes, so that a reader of
 * 1.0 would take it and lose them all. The first point that has either decides.
 */
export function isOldSchema(request: Uint8Array): boolean {
  return (walk(new FieldCursor(request, 0, request.length), 0) ?? attributes) === labels;
}

function walk(cursor: FieldCursor, level: number): number | undefined {
  const wanted = path[level];
  while (cursor.next()) {
    if (cursor.wireType !== 2) continue;
    if (wanted === undefined && (cursor.number === labels || cursor.number === attributes)) return cursor.number;
    if (cursor.number !== wanted) continue;
    const outerEnd = cursor.enter();
    const found = walk(cursor, level + 1);
    if (found !== undefined) return found;
    cursor.leave(outerEnd);
  }
  return undefined;
}
