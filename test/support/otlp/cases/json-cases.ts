import { jsonAttribute, jsonSpan } from "./bodies.ts";
import { type EdgeCase, type Expected, json } from "./edge-case.ts";

const one: Expected = { status: 200, items: 1 };
const none: Expected = { status: 200, items: 0 };
const refused: Expected = { status: 400 };
const either: Expected = { status: [200, 400] };
const wire = (contains: string): Expected => ({ ...one, contains });

function traces(name: string, body: string | Uint8Array, expect: Expected): EdgeCase {
  return { name: `JSON: ${name}`, headers: json, body, expect };
}

function logs(name: string, record: string, expect: Expected): EdgeCase {
  const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`;
  return { name: `JSON: ${name}`, path: "/v1/logs", headers: json, body, expect };
}

/** A span with this text in place of its trace id's. */
function withTraceId(text: string): string {
  return jsonSpan().replace("5B8EFFF798038103D269B633813FC60C", text);
}

function insideString(bytes: readonly number[]): Uint8Array {
  const [before = "", after = ""] = jsonSpan('"traceState":"?"').split("?");
  return Buffer.concat([Buffer.from(before), Uint8Array.from(bytes), Buffer.from(after)]);
}

const id = "0a105b8efff798038103d269b633813fc60c";
const resource = '"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]}';
const scope = '"scope":{"name":"my.library","version":"1.0.0"}';
const time = '"startTimeUnixNano":1544712660300000000,"timeUnixNano":"1544712660300000000"';
const attributes = '"attributes":[{"key":"my.attr","value":{"stringValue":"some value"}}]';
const histogram = `{${time},"count":2,"sum":2,"bucketCounts":[1,"1"],"explicitBounds":[1],"min":0,"max":2,${attributes}}`;
const exponential = `{${time},"count":3,"sum":10,"scale":0,"zeroCount":1,"positive":{"offset":1,"bucketCounts":[0,2]},"min":0,"max":5,"zeroThreshold":0,${attributes}}`;
const metrics = [
  `{"name":"my.counter","unit":"1","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"asDouble":5,${time},${attributes}}]}}`,
  `{"name":"my.gauge","unit":"1","gauge":{"dataPoints":[{"asDouble":10,${time},${attributes}}]}}`,
  `{"name":"my.histogram","unit":"1","histogram":{"aggregationTemporality":1,"dataPoints":[${histogram}]}}`,
  `{"name":"my.exponential","unit":"1","exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[${exponential}]}}`,
];

/** Whole requests as people write them by hand, one per signal. */
const examples: readonly EdgeCase[] = [
  traces("an example of a trace", jsonSpan(`"parentSpanId":"EEE19B7EC3C1B173","kind":2,${attributes}`), wire(id)),
  {
    name: "JSON: an example of metrics",
    path: "/v1/metrics",
    headers: json,
    body: `{"resourceMetrics":[{${resource},"scopeMetrics":[{${scope},"metrics":[${metrics.join(",")}]}]}]}`,
    expect: { status: 200, items: 4 },
  },
  logs(
    "an example of a log",
    `{"timeUnixNano":1544712660300000000,"severityText":"Info","body":{"stringValue":"x"},${attributes}}`,
    one,
  ),
  logs(
    "an example of an event",
    '{"eventName":"page","body":{"kvlistValue":{"values":[{"key":"type","value":{"intValue":"0"}}]}}}',
    wire("620470616765"),
  ),
];

/** JSON, good and bad. */
export const jsonCases: readonly EdgeCase[] = [
  ...examples,
  traces("an id in lower case", withTraceId("5b8efff798038103d269b633813fc60c"), wire(id)),
  traces("an id in mixed case", withTraceId("5b8EFff798038103d269b633813fC60c"), wire(id)),
  traces("an id in base64", withTraceId("W47/95gDgQPSabYzgT/GDA=="), refused),
  traces("an empty id", withTraceId(""), one),
  traces("an empty parent id", jsonSpan('"parentSpanId":""'), one),
  traces("an id that is not hexadecimal", withTraceId("zz8EFFF798038103D269B633813FC60C"), refused),
  traces("nanoseconds as a string", jsonSpan('"startTimeUnixNano":"1544712660123456789"'), wire("391515b5eafaeb6f15")),
  traces("nanoseconds as a number", jsonSpan('"startTimeUnixNano":1544712660123456789'), wire("391515b5eafaeb6f15")),
  traces("an unsigned integer out of range", jsonSpan('"startTimeUnixNano":"18446744073709551616"'), refused),
  traces("a signed integer out of range", jsonAttribute('{"intValue":"9223372036854775808"}'), refused),
  traces("flags out of range", jsonSpan('"flags":4294967296'), refused),
  traces("a negative unsigned integer", jsonSpan('"startTimeUnixNano":-1'), refused),
  traces("the least integer", jsonAttribute('{"intValue":"-9223372036854775808"}'), wire("1880808080808080808001")),
  traces("a leading zero", jsonSpan('"kind":01'), refused),
  traces("an enum by number", jsonSpan('"kind":2'), wire("3002")),
  traces("an enum by unknown number", jsonSpan('"kind":99'), wire("3063")),
  traces("an enum by negative number", jsonSpan('"kind":-1'), wire("30ffffffffffffffffff01")),
  traces("an enum by name", jsonSpan('"kind":"SPAN_KIND_SERVER"'), wire("3002")),
  traces("an enum by half a name", jsonSpan('"kind":"SERVER"'), refused),
  traces("an enum as a quoted number", jsonSpan('"kind":"2"'), refused),
  traces("an integer with a zero fraction", jsonSpan('"droppedLinksCount":1.0'), wire("7001")),
  traces("an integer with an exponent", jsonSpan('"droppedLinksCount":1e3'), wire("70e807")),
  traces("an integer with a fraction", jsonSpan('"droppedLinksCount":1.5'), refused),
  traces("unknown keys", jsonSpan('"x":{"y":[1,{"z":1e999}]},"":null,"__proto__":{"name":1}'), one),
  traces(
    "keys in snake case",
    '{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"5B8EFFF798038103D269B633813FC60C"}]}]}]}',
    wire(id),
  ),
  traces("a key in another case", '{"ResourceSpans":[{}]}', none),
  traces("an escaped key", jsonSpan().replace('"name"', '"n\\u0061me"'), wire("2a0161")),
  traces("a key that comes twice, an array", jsonSpan().replace(/^\{(.*)\}$/, "{$1,$1}"), {
    status: [200, 400],
    items: 2,
  }),
  traces("a key that comes twice, a scalar", jsonSpan('"name":"b"'), wire("2a0162")),
  traces("null for an array, an object, a string", jsonSpan('"attributes":null,"status":null,"traceState":null'), one),
  traces("null for a number and an enum", jsonSpan('"startTimeUnixNano":null,"kind":null,"parentSpanId":null'), one),
  traces("null for a value", jsonAttribute("null"), one),
  ...[
    ['{"intValue":"0"}', "12021800"],
    ['{"boolValue":false}', "12021000"],
    ['{"stringValue":""}', "12020a00"],
    ['{"doubleValue":0}', "1209210000000000000000"],
    ['{"doubleValue":-0.0}', "1209210000000000000080"],
    ['{"bytesValue":""}', "12023a00"],
    ['{"arrayValue":{}}', "12022a00"],
    ['{"kvlistValue":{}}', "12023200"],
    ["{}", "0a016b1200"],
  ].map(([value = "", contains = ""]) => traces(`the value ${value}`, jsonAttribute(value), wire(contains))),
  ...["NaN", "Infinity", '1e+21,"x":1', '"0x10"', '""', "true"].map((value) =>
    traces(`the integer ${value}`, jsonAttribute(`{"intValue":${value}}`), refused),
  ),
  ...['"NaN"', '"-Infinity"', "1e308", '"1.5"'].map((value) =>
    traces(`the double ${value}`, jsonAttribute(`{"doubleValue":${value}}`), one),
  ),
  ...["aGk=", "aGk", "-_-_", "+/+/"].map((value) =>
    traces(`the bytes ${value}`, jsonAttribute(`{"bytesValue":"${value}"}`), one),
  ),
  traces("a string for a boolean", jsonAttribute('{"boolValue":"true"}'), refused),
  traces("a number for a string", jsonSpan('"traceState":1'), refused),
  traces("an object for an array", jsonSpan('"attributes":{}'), refused),
  traces("a string for an object", jsonSpan('"status":"x"'), refused),
  ...["[]", "1234", '"x"', "{", '{"resourceSpans":[}', "{'a':1}", "{}//", "{}{}", "{} x", '{"a":1,}', "nul"].map(
    (body) => traces(`the text ${body}`, body, refused),
  ),
  traces("null", "null", either),
  traces("blanks around", ` \r\n\t${jsonSpan()} \n`, one),
  traces("a byte order mark", `\ufeff${jsonSpan()}`, either),
  traces("a raw control character in a string", jsonSpan('"traceState":"\u0001"'), refused),
  traces("an escaped zero in a string", jsonSpan('"traceState":"\\u0000"'), wire("1a0100")),
  traces("a surrogate pair", jsonSpan('"traceState":"\\ud83d\\ude00"'), wire("1a04f09f9880")),
  traces("half a surrogate pair", jsonSpan('"traceState":"\\ud83d"'), either),
  traces("a string that is not UTF-8", insideString([0xff, 0xfe]), either),
  traces(
    "arrays 3,000 deep",
    jsonAttribute(`${'{"arrayValue":{"values":['.repeat(3000)}${"]}}".repeat(3000)}`),
    either,
  ),
  traces("an unknown key 20,000 deep", jsonSpan(`"x":${"[".repeat(20_000)}${"]".repeat(20_000)}`), either),
  traces("a name of long ago", '{"instrumentationLibrarySpans":[{}]}', none),
];
