import { FieldCursor } from "../wire/field-cursor.ts";

const maxServices = 5;
const maxValueBytes = 255;
const text = new TextDecoder();

/** A few values of the label `job` in a WriteRequest that passed `scan`; other bytes give less, but never throw. */
export function seriesServices(bytes: Uint8Array): readonly string[] {
  const services = new Set<string>();
  for (const request = new FieldCursor(bytes, 0, bytes.length); services.size < maxServices && request.next(); ) {
    if (request.number !== 1) continue;
    for (const series = enter(request); series.next(); ) {
      const job = series.number === 1 ? jobOf(enter(series)) : "";
      if (job !== "") services.add(job);
    }
  }
  return [...services];
}

/** The value of a label, Label { name (1), value (2) }, if its name is `job`. */
function jobOf(label: FieldCursor): string {
  let isJob = false;
  let value = "";
  while (label.next()) {
    const { bytes, valueStart, valueEnd } = label;
    if (label.number === 1)
      isJob = valueEnd - valueStart === 3 && text.decode(bytes.subarray(valueStart, valueEnd)) === "job";
    if (label.number === 2)
      value = text.decode(bytes.subarray(valueStart, Math.min(valueEnd, valueStart + maxValueBytes)));
  }
  return isJob ? value : "";
}

function enter(cursor: FieldCursor): FieldCursor {
  return new FieldCursor(cursor.bytes, cursor.valueStart, cursor.valueEnd);
}
