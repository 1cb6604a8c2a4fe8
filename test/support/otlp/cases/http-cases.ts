import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { snappyBlock, snappyFramed } from "../snappy.ts";
import { backToFront, field, hex, jsonSpan, oneLog, onePoint, oneSpan } from "./bodies.ts";
import { type EdgeCase, json, protobuf } from "./edge-case.ts";

/** The limit that the edge under test has: decompressed bytes of one request. */
export const limitBytes = 400_000;

const accepts1 = { status: 200, items: 1 };
const reject = (status: number, message?: RegExp) => ({ status, ...(message && { message }) });
const withType = (type: string) => ({ "content-type": type });
const withCoding = (coding: string, type = protobuf) => ({ ...type, "content-encoding": coding });
const gz = gzipSync(oneSpan);

/** A request of one span that is exactly `bytes` long. */
function spanOf(bytes: number): Buffer {
  const unknown = field(1, field(2, field(2, field(5, Buffer.alloc(bytes)))));
  return field(1, field(2, field(2, field(5, Buffer.alloc(2 * bytes - unknown.length)))));
}

const routing: readonly EdgeCase[] = [
  { name: "traces", body: oneSpan, expect: accepts1 },
  { name: "metrics", path: "/v1/metrics", body: onePoint, expect: accepts1 },
  { name: "logs", path: "/v1/logs", body: oneLog, expect: accepts1 },
  { name: "resource and scope behind their children", body: backToFront, expect: accepts1 },
  { name: "profiles", path: "/v1development/profiles", body: oneSpan, expect: reject(404) },
  { name: "a path that is nearly one", path: "/v1/trace", body: oneSpan, expect: reject(404, /\/v1\/traces/) },
  { name: "a path with a slash behind it", path: "/v1/traces/", body: oneSpan, expect: reject(404) },
  { name: "the root", path: "/", body: oneSpan, expect: reject(404) },
  { name: "a prefix", path: "/otlp/v1/traces", body: oneSpan, expect: reject(404) },
  { name: "a path in another case", path: "/V1/Traces", body: oneSpan, expect: reject(404) },
  { name: "a path in escapes", path: "/v1/%74races", body: oneSpan, expect: { status: [200, 404] } },
  { name: "an unknown path in JSON", path: "/v1/x", headers: json, body: "{}", expect: reject(404) },
  { name: "a query", path: "/v1/traces?x=1", body: oneSpan, expect: accepts1 },
  { name: "traces sent to logs", path: "/v1/logs", body: oneSpan, expect: { status: 400, field: /time_unix_nano/ } },
  ...["GET", "PUT", "DELETE", "PATCH", "OPTIONS"].map((method) => ({
    name: `the method ${method}`,
    method,
    expect: { status: 405, headers: { allow: "POST" } },
  })),
  { name: "GET with JSON", method: "GET", headers: json, expect: { status: 405, headers: { allow: "POST" } } },
  { name: "GET with text", method: "GET", headers: withType("text/plain"), expect: reject(405) },
  { name: "a method in lower case", method: "post", body: oneSpan, expect: { status: [400, 405] }, notHttp: true },
  {
    name: "a preflight while CORS is off",
    method: "OPTIONS",
    headers: { origin: "https://app.example.com", "access-control-request-method": "POST" },
    expect: reject(405),
  },
  {
    name: "POST to the health path",
    path: "/health",
    body: oneSpan,
    expect: { status: 405, headers: { allow: "GET, HEAD" } },
  },
];

const types: readonly EdgeCase[] = [
  {
    name: "JSON with a charset",
    headers: withType("application/json; charset=utf-8"),
    body: jsonSpan(),
    expect: accepts1,
  },
  { name: "JSON in upper case", headers: withType("APPLICATION/JSON"), body: jsonSpan(), expect: accepts1 },
  {
    name: "protobuf with a parameter",
    headers: withType("application/x-protobuf;v=1"),
    body: oneSpan,
    expect: accepts1,
  },
  { name: "protobuf in mixed case", headers: withType("Application/X-Protobuf"), body: oneSpan, expect: accepts1 },
  { name: "no content type", headers: {}, body: oneSpan, expect: reject(415, /missing/) },
  ...[
    "invalid",
    "text/plain",
    "application/grpc",
    "",
    "application/protobuf",
    "application/jsonx",
    "application/json5",
  ].map((type) => ({
    name: `the content type ${JSON.stringify(type)}`,
    headers: withType(type),
    body: oneSpan,
    expect: reject(415),
  })),
  { name: "JSON that is protobuf", headers: json, body: oneSpan, expect: reject(400) },
  { name: "protobuf that is JSON", body: jsonSpan(), expect: reject(400) },
  {
    name: "unknown type and unknown coding",
    headers: withCoding("br", withType("x/y")),
    body: gz,
    expect: { status: [400, 415] },
  },
  {
    name: "unknown coding without a type",
    headers: { "content-encoding": "br" },
    body: gz,
    expect: { status: [400, 415] },
  },
];

const sizes: readonly EdgeCase[] = [
  { name: "an empty protobuf message", body: "", expect: { status: 200, items: 0 } },
  { name: "an empty JSON object", headers: json, body: "{}", expect: { status: 200, items: 0 } },
  { name: "an empty JSON body", headers: json, body: "", expect: reject(400) },
  { name: "a JSON body of blanks", headers: json, body: " \n\t ", expect: reject(400) },
  { name: "a body at the limit", body: spanOf(limitBytes), expect: accepts1 },
  { name: "a body above the limit", body: spanOf(limitBytes + 1), expect: reject(413, /400000 bytes/) },
  {
    name: "JSON above the limit",
    headers: json,
    body: jsonSpan(`"x":"${"y".repeat(limitBytes)}"`),
    expect: reject(413),
  },
  ...[
    { coding: "gzip", encode: gzipSync },
    { coding: "deflate", encode: deflateSync },
    { coding: "zstd", encode: zstdCompressSync },
    { coding: "snappy", encode: snappyBlock },
  ].flatMap(({ coding, encode }): EdgeCase[] => {
    const headers = withCoding(coding);
    const [full, over] = [spanOf(limitBytes), spanOf(limitBytes + 1)];
    return [
      { name: `${coding} of the limit`, headers, body: encode(full), plain: full, expect: accepts1 },
      { name: `${coding} of more than the limit`, headers, body: encode(over), expect: reject(413) },
    ];
  }),
  {
    name: "gzip members that together pass the limit",
    headers: withCoding("gzip"),
    body: Buffer.concat([gzipSync(spanOf(limitBytes)), gz]),
    expect: reject(413),
  },
];

const codings: readonly EdgeCase[] = [
  ...["gzip", "GZIP", "x-gzip", "gzip, identity"].map((coding) => coded(coding, gz)),
  ...["", "identity", "Identity"].map((coding) => coded(coding, oneSpan)),
  coded("deflate", deflateSync(oneSpan)),
  coded("zlib", deflateSync(oneSpan)),
  coded("zstd", zstdCompressSync(oneSpan)),
  coded("snappy", snappyBlock(oneSpan)),
  coded("snappy", snappyFramed(oneSpan), "snappy, framed"),
  coded("x-snappy-framed", snappyFramed(oneSpan)),
  { name: "gzip JSON", headers: withCoding("gzip", json), body: gzipSync(jsonSpan()), expect: accepts1 },
  { ...coded("gzip", gzipSync("")), name: "gzip of nothing", plain: hex(""), expect: { status: 200, items: 0 } },
  {
    name: "gzip in two members",
    headers: withCoding("gzip"),
    body: Buffer.concat([gz, gz]),
    plain: Buffer.concat([oneSpan, oneSpan]),
    expect: { status: 200, items: 2 },
  },
  ...["none", "br", "lz4", "nosuchcompression", "gzip, gzip"].map((coding) => ({
    name: `the unsupported coding ${coding}`,
    headers: withCoding(coding),
    body: gz,
    expect: { status: 415, headers: { "accept-encoding": "gzip, zstd, deflate, snappy, x-snappy-framed, identity" } },
  })),
  damaged("gzip", "plain protobuf", oneSpan),
  { ...damaged("gzip", "plain JSON", Buffer.from('{"key": "value"}')), headers: withCoding("gzip", json) },
  damaged("gzip", "no bytes", hex("")),
  damaged("gzip", "cut in the header", gz.subarray(0, 5)),
  damaged("gzip", "cut in the data", gz.subarray(0, 30)),
  damaged("gzip", "without the last 4 bytes", gz.subarray(0, -4)),
  damaged("gzip", "garbage behind", Buffer.concat([gz, Buffer.from("garbage")])),
  damaged("deflate", "raw", deflateRawSync(oneSpan)),
  damaged("zstd", "garbage", Buffer.from("garbage garbage")),
  damaged("snappy", "garbage", Buffer.from("garbage")),
];

/** What is sent for HTTP's sake: routes, content types, sizes, content codings. */
export const httpCases: readonly EdgeCase[] = [
  ...routing,
  ...types.map((edge) => ({ ...edge, name: `type: ${edge.name}` })),
  ...sizes.map((edge) => ({ ...edge, name: `size: ${edge.name}` })),
  ...codings.map((edge) => ({ ...edge, name: `coding: ${edge.name}` })),
];

function coded(coding: string, body: Uint8Array, name = JSON.stringify(coding)): EdgeCase {
  return { name, headers: withCoding(coding), body, plain: oneSpan, expect: accepts1 };
}

function damaged(coding: string, name: string, body: Uint8Array): EdgeCase {
  return { name: `${coding}: ${name}`, headers: withCoding(coding), body, expect: reject(400, new RegExp(coding)) };
}
