import { field, type Message, message, nested } from "../wire/schema.ts";

const many = { repeated: true } as const;
const timestamp = message("Timestamp", [field(1, "seconds", "int64"), field(2, "nanos", "int32")]);
const labelPair = message("LabelPairAdapter", [field(1, "name", "string"), field(2, "value", "string")]);
const entry = message("EntryAdapter", [
  nested(1, "timestamp", timestamp, { itemTime: "timestamp" }),
  field(2, "line", "string"),
  nested(3, "structuredMetadata", labelPair, many),
  nested(4, "parsed", labelPair, many),
]);
const stream = message("StreamAdapter", [
  field(1, "labels", "string"),
  nested(2, "entries", entry, { ...many, cut: "item" }),
  field(3, "hash", "uint64"),
]);

/** What Loki's push endpoint takes, `logproto.PushRequest` (grafana/loki pkg/push/push.proto): a group is a stream, an item an entry. */
export const pushRequest: Message = message(
  "PushRequest",
  [nested(1, "streams", stream, { ...many, cut: "group" }), field(2, "format", "string")],
  { itemNoun: "log entries" },
);
