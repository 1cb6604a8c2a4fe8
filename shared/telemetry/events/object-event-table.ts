import type { EventRow } from "./event-row.ts";
import type { ObjectEventFields } from "./object-events.ts";

/** How the events of objects of S3 read and count. */
export const objectEventTable: { readonly [Name in keyof ObjectEventFields]: EventRow<ObjectEventFields[Name]> } = {
  "object.read": {
    level: "debug",
    message: "Read an object",
    measures: [
      { metric: "sluice_objects_total", labels: ({ kind, outcome }) => ({ kind, outcome }) },
      { metric: "sluice_object_records_total", labels: ({ kind }) => ({ kind }), by: ({ records }) => records },
      { metric: "sluice_object_bytes_total", labels: ({ kind }) => ({ kind }), by: ({ bytes }) => bytes },
      {
        metric: "sluice_object_unrecognised_lines_total",
        labels: ({ kind }) => ({ kind }),
        by: ({ unrecognised }) => unrecognised,
      },
    ],
  },
  "object.skipped": {
    level: "debug",
    message: "A notice asks for nothing",
    measures: [{ metric: "sluice_object_notices_skipped_total", labels: ({ reason }) => ({ reason }) }],
  },
  "object.gone": { level: "warn", message: "An object is no longer there", measures: [] },
  "object.continued": { level: "info", message: "The rest of an object is read by another invocation", measures: [] },
  "object.failed": { level: "warn", message: "An object cannot be read now, and is tried again", measures: [] },
  "object.dead-lettered": {
    level: "error",
    message: "Put an object, or a part of it, into the dead letters",
    measures: [{ metric: "sluice_object_dead_letters_total", labels: () => ({}) }],
  },
  "object.unreadable": { level: "warn", message: "A message cannot be read as a notice of S3", measures: [] },
};
