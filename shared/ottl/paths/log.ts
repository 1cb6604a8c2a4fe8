import { bytesField } from "../../edit/encode-field.ts";
import { utf8 } from "../../edit/text.ts";
import { encodeAnyValue } from "../../edit/write-any-value.ts";
import { valueText } from "../text.ts";
import {
  attributes,
  expectAny,
  expectText,
  type FieldTable,
  fixed32,
  fixed64,
  id,
  text,
  time,
  type ViewOf,
  varint32,
} from "./field.ts";

const log: ViewOf = ({ scene }) => scene.item;

/** `log.…` */
export const logFields: FieldTable = {
  time_unix_nano: fixed64(log, 1),
  time: time(log, 1),
  severity_number: varint32(log, 2, true),
  severity_text: text(log, 3),
  body: {
    keys: "any",
    get: (frame) => log(frame).any(5) ?? null,
    set: (frame, value) => log(frame).put(5, bytesField(5, encodeAnyValue(expectAny(value)))),
  },
  "body.string": {
    get: (frame) => valueText(log(frame).any(5) ?? null),
    set: (frame, value) => log(frame).put(5, bytesField(5, bytesField(1, utf8(expectText(value))))),
  },
  attributes: attributes(log, 6),
  dropped_attributes_count: varint32(log, 7),
  flags: fixed32(log, 8),
  ...id("trace_id", { view: log, number: 9, kind: "TraceID" }),
  ...id("span_id", { view: log, number: 10, kind: "SpanID" }),
  observed_time_unix_nano: fixed64(log, 11),
  observed_time: time(log, 11),
  event_name: text(log, 12),
};
