import { counter } from "./metric-row.ts";

/** Metrics of the objects of S3 that are read. */
export const objectMetrics = {
  sluice_objects_total: counter("Objects of S3, by how far they were read", ["kind", "outcome"]),
  sluice_object_records_total: counter("Records of objects that were made durable", ["kind"]),
  sluice_object_bytes_total: counter("Uncompressed bytes of objects whose records were made durable", ["kind"]),
  sluice_object_unrecognised_lines_total: counter("Lines that are not of their object's format, sent as they are", [
    "kind",
  ]),
  sluice_object_notices_skipped_total: counter("Notices of S3 that ask for nothing", ["reason"]),
  sluice_object_dead_letters_total: counter("Objects and parts of them put into the dead letters", []),
};
