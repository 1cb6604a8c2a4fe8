import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { transcode } from "../../shared/otlp/transcode.ts";
import type { SignalName } from "../../shared/signal.ts";
import { defaultScanLimits, scan } from "../../shared/wire/scan.ts";
import { toJson } from "../../shared/wire/to-json.ts";
import { vectors } from "../support/otlp/vectors.ts";

const id = "5b8efff798038103d269b633813fc60c";

describe("transcode()", () => {
  it.each(vectors.filter((vector) => vector.encoding === "json"))("judges the vector $name", (vector) => {
    const bytes = Buffer.from(vector.bodyHex, "hex");
    const transcoded = transcode(bytes, signals[vector.signal]);
    if (vector.expect === "accept") expect(transcoded.kind).toBe("transcoded");
    if (vector.expect === "reject") expect(transcoded.kind).toBe("rejected");
    if (transcoded.kind === "rejected") {
      expect(transcoded.message).not.toBe("");
      expect(transcoded.offset).toBeLessThanOrEqual(bytes.length);
    } else {
      expect(vector.items).toContain(transcoded.items);
      expect(scan(transcoded.bytes, signals[vector.signal].request)).toEqual({
        kind: "scanned",
        items: transcoded.items,
      });
    }
  });

  it.each<[string, string]>([
    ['{"intValue":"0"}', "1800"],
    ['{"boolValue":false}', "1000"],
    ['{"stringValue":""}', "0a00"],
    ['{"doubleValue":0}', "210000000000000000"],
    ['{"bytesValue":""}', "3a00"],
    ['{"arrayValue":{}}', "2a00"],
    ['{"kvlistValue":{}}', "3200"],
    ["{}", ""],
    ['{"doubleValue":-0.0}', "210000000000000080"],
    ['{"doubleValue":-0}', "210000000000000080"],
    ['{"doubleValue":"-0"}', "210000000000000080"],
    ['{"doubleValue":"NaN"}', "21000000000000f87f"],
    ['{"doubleValue":"Infinity"}', "21000000000000f07f"],
    ['{"doubleValue":"-Infinity"}', "21000000000000f0ff"],
    ['{"doubleValue":"1e3"}', "210000000000408f40"],
    ['{"doubleValue":1e-400}', "210000000000000000"],
    ['{"doubleValue":179769313486231570000000000000000000000e270}', "21ffffffffffffef7f"],
    ['{"intValue":-1}', "18ffffffffffffffffff01"],
    ['{"intValue":-9223372036854775808}', "1880808080808080808001"],
    ['{"intValue":"9223372036854775807"}', "18ffffffffffffffff7f"],
    ['{"intValue":9007199254740993}', "1881808080808080 10".replace(" ", "")],
    ['{"intValue":1.0}', "1801"],
    ['{"intValue":12.5e1}', "187d"],
    ['{"intValue":1000e-3}', "1801"],
    ['{"intValue":0e999999999999}', "1800"],
    ['{"intValue":-0}', "1800"],
    ['{"intValue":92233720368547758.07E+2}', "18ffffffffffffffff7f"],
    ['{"bytesValue":"+/+/AA=="}', "3a04fbffbf00"],
    ['{"bytesValue":"-_-_AA"}', "3a04fbffbf00"],
    ['{"bytesValue":"+\\/\\u002b/AA=="}', "3a04fbffbf00"],
    ['{"stringValue":"a\\u0000b"}', "0a03610062"],
    ['{"stringValue":"\\ud83d\\ude00"}', "0a04f09f9880"],
    ['{"stringValue":"\\ud83d"}', "0a03efbfbd"],
    ['{"stringValue":"\\ude00\\ud83d\\u0041"}', "0a07efbfbdefbfbd41"],
    ['{"stringValue":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}', "0a0a225c2f080c0a0d09c3a9"],
    ['{"string_value":"a"}', "0a0161"],
    ['{"string\\u0056alue":"a"}', "0a0161"],
    ['{"stringValue":"a","intValue":"1"}', "0a01611801"],
    ['{"stringValue":"a","intValue":null}', "0a0161"],
    ['{"arrayValue":{"values":[{"intValue":1},{},{"stringValue":"x"}]}}', "2a0b0a0218010a000a030a0178"],
  ])("writes the body %s", (value, wire) => {
    expect(bodyOf(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`)).toBe(wire);
  });

  it.each<[string, string, object]>([
    ["ids in any case", `"traceId":"${id.toUpperCase()}"`, { traceId: id }],
    ["ids with escapes", `"traceId":"\\u0035${id.slice(1)}"`, { traceId: id }],
    ["empty ids", '"traceId":"","spanId":"","parentSpanId":""', {}],
    ["null", '"traceId":null,"name":null,"kind":null,"attributes":null,"status":null,"startTimeUnixNano":null', {}],
    [
      "implicit zeros",
      '"name":"","kind":0,"startTimeUnixNano":"0","flags":0,"droppedLinksCount":0,"attributes":[]',
      {},
    ],
    ["times as strings", '"startTimeUnixNano":"1544712660123456789"', { startTimeUnixNano: "1544712660123456789" }],
    ["times as numbers", '"startTimeUnixNano":1544712660123456789', { startTimeUnixNano: "1544712660123456789" }],
    ["the largest time", '"endTimeUnixNano":"18446744073709551615"', { endTimeUnixNano: "18446744073709551615" }],
    ["times with exponents", '"endTimeUnixNano":"1.5e3"', { endTimeUnixNano: "1500" }],
    ["numbers with escapes", '"endTimeUnixNano":"\\u0031\\u0030"', { endTimeUnixNano: "10" }],
    [
      "the largest uint32",
      '"flags":4294967295,"droppedLinksCount":"4294967295"',
      { flags: 4294967295, droppedLinksCount: 4294967295 },
    ],
    ["unknown enum numbers", '"kind":99', { kind: 99 }],
    ["negative enum numbers", '"kind":-1', { kind: -1 }],
    ["integral enum numbers", '"kind":2.0', { kind: 2 }],
    ["enum names", '"kind":"SPAN_KIND_SERVER"', { kind: 2 }],
    ["a name twice", '"name":"a","name":"b"', { name: "b" }],
    ["a name and then none", '"name":"a","name":""', { name: "" }],
    ["a name and then null", '"name":"a","name":null', { name: "a" }],
    [
      "a time twice",
      '"endTimeUnixNano":9223372036854775807,"endTimeUnixNano":9223372036854775809',
      { endTimeUnixNano: "9223372036854775809" },
    ],
    [
      "an array twice",
      '"attributes":[{"key":"a"}],"attributes":[{"key":"b"}]',
      { attributes: [{ key: "a" }, { key: "b" }] },
    ],
    ["a message twice", '"status":{"message":"m"},"status":{"code":2}', { status: { message: "m", code: 2 } }],
    ["a message of nothing", '"status":{}', { status: {} }],
    ["the keys of every object", '"__proto__":{"name":"evil"},"constructor":1,"toString":[],"":{"":[{}]}', {}],
    ["names in the wrong case", '"Name":"a","NAME":1,"trace-id":true', {}],
    [
      "unknown values",
      '"x":[[],{},[{"a":[1,-2.5e-3,"\\u0000",null,true,false]}]],"y":123456789012345678901234567890',
      {},
    ],
    ["white space", ' \n"name"\t:\r\n "a" , "kind" : 1 ', { name: "a", kind: 1 }],
  ])("reads %s", (_, fields, span) => {
    expect(read(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`, "traces")).toEqual({
      kind: "transcoded",
      items: 1,
      json: { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] },
    });
  });

  const at = "resourceSpans[0].scopeSpans[0].spans[0]";
  it.each<[string, string, string]>([
    ["an id in base64", '"traceId":"W47/95gDgQPSabYzgT/GDA=="', "traceId"],
    ["an id of 15 bytes", `"traceId":"${id.slice(2)}"`, "traceId"],
    ["an id of half a byte less", `"traceId":"${id.slice(1)}"`, "traceId"],
    ["an id of another length", '"parentSpanId":"00112233445566778899"', "parentSpanId"],
    ["an id that is not hex", `"traceId":"g${id.slice(1)}"`, "traceId"],
    ["2^64", '"startTimeUnixNano":"18446744073709551616"', "startTimeUnixNano"],
    ["2^64 as a number", '"startTimeUnixNano":18446744073709551616', "startTimeUnixNano"],
    ["21 digits", '"startTimeUnixNano":100000000000000000000', "startTimeUnixNano"],
    ["a fraction", '"startTimeUnixNano":1.5', "startTimeUnixNano"],
    ["a fraction by its exponent", '"startTimeUnixNano":"15e-1"', "startTimeUnixNano"],
    ["a huge exponent", '"startTimeUnixNano":1e999999999', "startTimeUnixNano"],
    ["a negative time", '"startTimeUnixNano":"-1"', "startTimeUnixNano"],
    ["2^32", '"flags":4294967296', "flags"],
    ["a negative count", '"droppedLinksCount":-1', "droppedLinksCount"],
    ["an enum above 2^31 - 1", '"kind":2147483648', "kind"],
    ["a leading zero", '"kind":01', "kind"],
    ["a quoted leading zero", '"flags":"01"', "flags"],
    ["a quoted space", '"flags":" 1"', "flags"],
    ["an empty number", '"flags":""', "flags"],
    ["a plus", '"kind":+1', "kind"],
    ["a bare point", '"kind":1.', "kind"],
    ["a bare exponent", '"kind":1e', "kind"],
    ["a bare minus", '"kind":-', "kind"],
    ["an unknown enum name", '"kind":"SERVER"', "kind"],
    ["a name that every object has", '"kind":"constructor"', "kind"],
    ["a quoted enum number", '"kind":"2"', "kind"],
    ["a string for a bool", '"attributes":[{"value":{"boolValue":"true"}}]', "attributes[0].value.boolValue"],
    ["a bool cut short", '"attributes":[{"value":{"boolValue":tru}}]', "attributes[0].value.boolValue"],
    ["1e21", '"attributes":[{},{"value":{"intValue":1e+21}}]', "attributes[1].value.intValue"],
    ["2^63", '"attributes":[{"value":{"intValue":"9223372036854775808"}}]', "attributes[0].value.intValue"],
    ["-2^63 - 1", '"attributes":[{"value":{"intValue":-9223372036854775809}}]', "attributes[0].value.intValue"],
    ["NaN", '"attributes":[{"value":{"doubleValue":NaN}}]', "attributes[0].value.doubleValue"],
    [
      "a name that every object has for a double",
      '"attributes":[{"value":{"doubleValue":"toString"}}]',
      "attributes[0].value.doubleValue",
    ],
    ["a double out of range", '"attributes":[{"value":{"doubleValue":1e309}}]', "attributes[0].value.doubleValue"],
    [
      "base64 of an impossible length",
      '"attributes":[{"value":{"bytesValue":"AAAAA"}}]',
      "attributes[0].value.bytesValue",
    ],
    ["base64 with wrong padding", '"attributes":[{"value":{"bytesValue":"AA="}}]', "attributes[0].value.bytesValue"],
    ["base64 with padding inside", '"attributes":[{"value":{"bytesValue":"A=AA"}}]', "attributes[0].value.bytesValue"],
    [
      "a oneof message twice",
      '"attributes":[{"value":{"arrayValue":{},"arrayValue":{}}}]',
      "attributes[0].value.arrayValue",
    ],
    ["an object for an array", '"attributes":{}', "attributes"],
    ["an array for an object", '"status":[]', "status"],
    ["a number for a string", '"name":1', "name"],
    ["null in an array", '"attributes":[{},null]', "attributes[1]"],
    ["an array that ends with a comma", '"attributes":[{},]', "attributes[1]"],
    ["a control character", '"name":"a\nb"', "name"],
    ["an unknown escape", '"name":"\\x41"', "name"],
    ["a cut escape", '"name":"\\u12', "name"],
  ])("refuses %s and says where", (_, fields, path) => {
    const answer = transcode(
      Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`),
      signals.traces,
    );
    expect(answer).toMatchObject({ kind: "rejected", path: `${at}.${path}` });
  });

  it.each<[string, string]>([
    ["an array at the top", "[]"],
    ["a number at the top", "1234"],
    ["a string at the top", '"x"'],
    ["null at the top", "null"],
    ["a second value", "{}{}"],
    ["a second brace", "{}}"],
    ["a missing colon", '{"a" 1}'],
    ["a missing comma", '{"a":1 "b":2}'],
    ["a missing key", "{:1}"],
    ["a key without quotes", "{a:1}"],
    ["an unknown array that ends with a comma", '{"a":[1,]}'],
    ["an unknown object that ends with a comma", '{"a":{"b":1,}}'],
    ["an unknown number with a leading zero", '{"a":-01}'],
    ["an unknown word", '{"a":undefined}'],
    ["an unknown bracket of the other kind", '{"a":[1}}'],
    ["an unknown string with an escape of another language", '{"a":"\\a"}'],
    ["a vertical tab between values", '{\v"a":1}'],
    ["a no-break space between values", '{\u00a0"a":1}'],
    ["a form feed at the end", "{}\f"],
    ["half a byte order mark", "\u00ef{}"],
  ])("refuses %s", (_, text) => {
    expect(transcode(Buffer.from(text, "latin1"), signals.logs).kind).toBe("rejected");
  });

  it.each([
    ["asDouble", '{"gauge":{"dataPoints":[{"asDouble":null}]}}', '"asDouble":"NaN"'],
    ["asInt", '{"sum":{"dataPoints":[{"asInt":null,"timeUnixNano":"1"}]}}', '"asDouble":"NaN"'],
    ["a summary's sum", '{"summary":{"dataPoints":[{"sum":null}]}}', '"sum":"NaN"'],
    [
      "a quantile's value",
      '{"summary":{"dataPoints":[{"quantileValues":[{"quantile":0.5,"value":null}]}]}}',
      '"value":"NaN"',
    ],
    ["a value beside it", '{"gauge":{"dataPoints":[{"asDouble":1.5,"asInt":null}]}}', '"asDouble":1.5'],
    ["a value behind it", '{"gauge":{"dataPoints":[{"asInt":null,"asDouble":1.5}]}}', '"asDouble":1.5'],
  ])("takes null for a measurement for NaN, as JavaScript writes it, not for 0: %s", (_, metric, expected) => {
    const answer = read(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`, "metrics");
    if (answer.kind !== "transcoded") throw new Error(answer.message);
    expect(JSON.stringify(answer.json)).toContain(expected);
  });

  it("counts the points of the last data of a metric, as scan() does", () => {
    const point = '{"asInt":"1"}';
    const metric = `{"gauge":{"dataPoints":[${point},${point}]},"name":"m","sum":{"dataPoints":[${point}]}}`;
    const two = `{"name":"n","gauge":{"dataPoints":[${point},${point}]},"sum":null}`;
    const answer = read(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric},${two}]}]}]}`, "metrics");
    expect(answer).toMatchObject({ kind: "transcoded", items: 3 });
  });

  it("refuses one kind of data twice in a metric, of which some decoders drop the first", () => {
    const metric = '{"gauge":{"dataPoints":[{}]},"gauge":{"dataPoints":[{}]}}';
    const answer = read(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`, "metrics");
    expect(answer).toMatchObject({ kind: "rejected", path: "resourceMetrics[0].scopeMetrics[0].metrics[0].gauge" });
  });

  it("limits the items and the groups that could hold some, as scan() does", () => {
    const metric = '{"gauge":{"dataPoints":[{},{}]}}';
    const json = Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{},{"metrics":[${metric},${metric}]}]}]}`);
    for (const maxItems of [10, 11]) {
      const limits = { ...defaultScanLimits, maxItems };
      const transcoded = transcode(json, signals.metrics);
      const wire = transcoded.kind === "transcoded" ? transcoded.bytes : new Uint8Array();
      const expected = maxItems === 11 ? { items: 4 } : { kind: "rejected", isTooLarge: true };
      expect(transcode(json, signals.metrics, limits)).toMatchObject(expected);
      expect(scan(wire, signals.metrics.request, limits)).toMatchObject(expected);
    }
  });

  it("passes over unknown values up to 10,000 deep", () => {
    const nested = (depth: number) => read(`{"x":${"[".repeat(depth)}${"]".repeat(depth)}}`, "logs");
    expect(nested(10_000)).toMatchObject({ kind: "transcoded" });
    expect(nested(10_001)).toMatchObject({ kind: "rejected", message: "Values are nested more than 10000 deep." });
  });

  it("passes over a byte order mark", () => {
    expect(read("\ufeff{}", "logs")).toMatchObject({ kind: "transcoded", items: 0 });
  });

  it("leaves invalid UTF-8 in strings as it is", () => {
    const text = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"\xff\xfe\xed\xa0\x80"}}]}]}]}';
    expect(bodyOf(text, "latin1")).toBe("0a05fffeeda080");
  });
});

function read(text: string, name: SignalName) {
  const transcoded = transcode(Buffer.from(text), signals[name]);
  if (transcoded.kind === "rejected") return transcoded;
  expect(scan(transcoded.bytes, signals[name].request)).toEqual({ kind: "scanned", items: transcoded.items });
  return { kind: transcoded.kind, items: transcoded.items, json: toJson(transcoded.bytes, signals[name].request) };
}

/** The bytes of the only record's body, in hexadecimal. */
function bodyOf(text: string, encoding: BufferEncoding = "utf8"): string {
  const transcoded = transcode(Buffer.from(text, encoding), signals.logs);
  if (transcoded.kind === "rejected") return transcoded.message;
  expect(scan(transcoded.bytes, signals.logs.request).kind).toBe("scanned");
  // Four lengths of one byte each stand before it: of the resource, the scope, the record and the body.
  expect(Array.from([0, 2, 4, 6], (tag) => transcoded.bytes[tag])).toEqual([0x0a, 0x12, 0x12, 0x2a]);
  return Buffer.from(transcoded.bytes.subarray(8)).toString("hex");
}
