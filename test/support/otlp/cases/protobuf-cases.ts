import { attribute, field, hex, logWith, metricWith, oneSpan, spanId, spanWith, traceId, varint } from "./bodies.ts";
import type { EdgeCase, Expected } from "./edge-case.ts";

const one: Expected = { status: 200, items: 1 };
const refused: Expected = { status: 400 };

function at(path: RegExp): Expected {
  return { status: 400, field: path };
}

function traces(name: string, body: Uint8Array, expect: Expected): EdgeCase {
  return { name: `protobuf: ${name}`, body, expect };
}

function metrics(name: string, body: Uint8Array, expect: Expected): EdgeCase {
  return { name: `protobuf: ${name}`, path: "/v1/metrics", body, expect };
}

function logs(name: string, body: Uint8Array, expect: Expected): EdgeCase {
  return { name: `protobuf: ${name}`, path: "/v1/logs", body, expect };
}

/** `depth` messages `wrap`ped around one another. */
function nest(depth: number, wrap: (inner: Buffer) => Buffer): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) inner = wrap(inner);
  return inner;
}

const point = field(1, hex("19e803000000000000"), hex("310100000000000000"));
const bytes = (length: number) => Buffer.alloc(length, 1);
const arrayValue = (inner: Buffer) => field(5, field(1, inner));

/** Bytes of protobuf, good and bad. */
export const protobufCases: readonly EdgeCase[] = [
  traces("a tag that does not end", hex("80"), refused),
  traces("a length that does not end", hex("0a80"), refused),
  traces("a length past the end", hex("0a0500"), refused),
  traces("a child longer than its parent", hex("0a020a05"), refused),
  traces("a child that ends in its parent's sibling", hex("0a020a050a020a00"), refused),
  traces("the last byte missing", oneSpan.subarray(0, -1), refused),
  traces("a zero byte behind", Buffer.concat([oneSpan, hex("00")]), refused),
  traces("field number 0, varint", hex("0001"), refused),
  traces("field number 0, length-delimited", hex("0200"), refused),
  traces("wire type 6", hex("0e00"), refused),
  traces("wire type 7", hex("0f00"), refused),
  traces("field 1 as a varint", hex("0801"), refused),
  traces("field 1 as 64 bits", hex("090000000000000000"), refused),
  traces("field 1 as 32 bits", hex("0d00000000"), refused),
  traces("a stray end of a group", Buffer.concat([hex("a406"), oneSpan]), refused),
  traces("a group that does not end", Buffer.concat([oneSpan, hex("a306")]), refused),
  traces("a group that ends as another", Buffer.concat([hex("a306ac06"), oneSpan]), refused),
  traces("200,000 nested groups", Buffer.alloc(200_000, 0x0b), refused),
  traces("a varint of 11 bytes", hex("0a8080808080808080808000"), refused),
  traces("a negative length", hex("0affffffffffffffffff01"), refused),
  traces("a length of 2^63-1", hex("0affffffffffffffff7f"), refused),
  traces("a length of 2^32", Buffer.concat([hex("0a"), varint(2 ** 32), bytes(20)]), refused),
  traces("a length of 2^32 + 2", Buffer.concat([hex("0a"), varint(2 ** 32 + 2), hex("0a00")]), refused),
  traces("a length of 2^31", Buffer.concat([hex("0a"), varint(2 ** 31), bytes(20)]), refused),
  traces("a length of 2^53 + 1", Buffer.concat([hex("0a"), varint(2n ** 53n + 1n), bytes(20)]), refused),
  traces(
    "a resource in two parts",
    hex(
      "0a3b0a0a0a080a016112030a01310a0a0a080a016212030a01321221121f0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742a0161",
    ),
    one,
  ),
  traces("a name that comes twice", spanWith(field(5, bytes(1)), field(5, bytes(2))), one),
  traces("two requests in a row", Buffer.concat([oneSpan, oneSpan]), { status: 200, items: 2 }),
  metrics(
    "a metric's data before its name",
    hex("0a20121e121c2a140a1219e8030000000000003101000000000000000a046c617465"),
    one,
  ),
  metrics("7 bytes of packed counts", metricWith(field(9, field(1, field(6, bytes(7))))), at(/bucket_counts/)),
  metrics("16 bytes of packed counts", metricWith(field(9, field(1, field(6, bytes(16))))), one),
  metrics("the same member of the oneof twice", metricWith(field(5, point), field(5, point)), {
    status: 200,
    items: [1, 2],
  }),
  metrics("a gauge of two points, then a sum of one", metricWith(field(5, point, point), field(7, point)), one),
  metrics("a field that was removed", metricWith(field(4, point)), { status: 200, items: 0 }),
  metrics(
    "an exemplar with a short trace id",
    metricWith(field(5, field(1, field(5, field(5, bytes(8)))))),
    at(/trace_id/),
  ),
  ...[15, 17, 8].map((length) =>
    traces(
      `a trace id of ${length} bytes`,
      field(1, field(2, field(2, field(1, bytes(length)), spanId))),
      at(/trace_id/),
    ),
  ),
  traces("a span id of 7 bytes", field(1, field(2, field(2, traceId, field(2, bytes(7))))), at(/span_id/)),
  traces("a parent span id of 16 bytes", spanWith(field(4, bytes(16))), at(/parent_span_id/)),
  traces("a link's trace id of 8 bytes", spanWith(field(13, field(1, bytes(8)))), at(/links\[0\]\.trace_id/)),
  logs("a trace id of 8 bytes", logWith(field(9, bytes(8))), at(/trace_id/)),
  traces("no trace id", field(1, field(2, field(2, spanId))), one),
  traces("a trace id of zeros", field(1, field(2, field(2, field(1, Buffer.alloc(16)), spanId))), one),
  traces("a name that is not UTF-8", spanWith(field(5, hex("fffe"))), { ...one, contains: "2a02fffe" }),
  traces("an attribute key that is not UTF-8", spanWith(field(9, field(1, hex("fffe")))), one),
  traces("a value that is empty", spanWith(attribute(hex("1200"))), one),
  traces("a value that is absent", spanWith(attribute(hex(""))), one),
  traces("a value of two kinds", spanWith(attribute(field(2, hex("1001"), hex("1801")))), one),
  traces("a value by index", spanWith(attribute(Buffer.concat([field(2, hex("4001")), hex("1801")]))), one),
  traces(
    "values of every kind",
    spanWith(attribute(field(2, field(6, field(1, field(1, bytes(1)))), field(7, bytes(3))))),
    one,
  ),
  traces("an unknown field", spanWith(field(1234, bytes(5))), one),
  traces("values 50 deep", spanWith(attribute(field(2, nest(50, arrayValue)))), one),
  traces("values 2,000 deep", spanWith(attribute(field(2, nest(2000, arrayValue)))), { status: [200, 400] }),
  traces("values 20,000 deep", spanWith(attribute(field(2, nest(20_000, arrayValue)))), { status: [200, 400] }),
  traces("a dropped count of 10 bytes", spanWith(hex("50ffffffffffffffffff01")), { status: [200, 400] }),
  traces("a span's time as a varint", spanWith(hex("3801")), at(/start_time_unix_nano/)),
  traces("a span's flags as a varint", spanWith(hex("800101")), at(/flags/)),
];
