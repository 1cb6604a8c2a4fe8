import { varintField } from "../../edit/encode-field.ts";
import { Failure } from "../failure.ts";
import {
  attributes,
  expectText,
  type Field,
  type FieldTable,
  fixed32,
  fixed64,
  id,
  opaque,
  text,
  time,
  type ViewOf,
  varint32,
} from "./field.ts";

const span: ViewOf = ({ scene }) => scene.item;
const status: ViewOf = ({ scene }) => scene.item.child(15);
const event: ViewOf = ({ scene }) => scene.event;

const kindNames = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"];
const deprecatedKindNames = kindNames.map((name) => `SPAN_KIND_${name.toUpperCase()}`);

/** `span.…` */
export const spanFields: FieldTable = {
  ...id("trace_id", { view: span, number: 1, kind: "TraceID" }),
  ...id("span_id", { view: span, number: 2, kind: "SpanID" }),
  trace_state: { ...text(span, 3), keys: "traceState" },
  ...id("parent_span_id", { view: span, number: 4, kind: "SpanID" }),
  name: text(span, 5),
  kind: varint32(span, 6, true),
  "kind.string": kindName(kindNames, { unknown: "", what: "span kind string" }),
  "kind.deprecated_string": kindName(deprecatedKindNames, { unknown: "", what: "span kind deprecated string" }),
  start_time_unix_nano: fixed64(span, 7),
  end_time_unix_nano: fixed64(span, 8),
  start_time: time(span, 7),
  end_time: time(span, 8),
  attributes: attributes(span, 9),
  dropped_attributes_count: varint32(span, 10),
  events: opaque("ptrace.SpanEventSlice"),
  dropped_events_count: varint32(span, 12),
  links: opaque("ptrace.SpanLinkSlice"),
  dropped_links_count: varint32(span, 14),
  status: opaque("ptrace.Status"),
  "status.code": varint32(status, 3, true),
  "status.message": text(status, 2),
  flags: fixed32(span, 16),
};

/** `spanevent.…` */
export const spanEventFields: FieldTable = {
  time_unix_nano: fixed64(event, 1),
  time: time(event, 1),
  name: text(event, 2),
  attributes: attributes(event, 3),
  dropped_attributes_count: varint32(event, 4),
  event_index: {
    get: () => {
      throw new Failure("no 'event_index' property has been set");
    },
    set: () => {
      throw new Failure("the 'event_index' path cannot be modified");
    },
  },
};

function kindName(names: readonly string[], { unknown, what }: { unknown: string; what: string }): Field {
  return {
    get: (frame) => names[Number(span(frame).varint(6))] ?? unknown,
    set: (frame, value) => {
      const name = expectText(value);
      const number = names.indexOf(name);
      if (number < 0) throw new Failure(`unknown ${what}, ${name}`);
      span(frame).put(6, varintField(6, BigInt(number)));
    },
  };
}
