import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { snappyBlock } from "../otlp/snappy.ts";

/** A body that is meant to hurt, and how it is announced. */
export interface HostileBody {
  readonly type: "application/x-protobuf" | "application/json";
  readonly coding?: string;
  readonly make: () => Uint8Array;
  readonly status: number | readonly number[];
}

const protobuf = { type: "application/x-protobuf", status: 400 } as const;
const json = { type: "application/json", status: 400 } as const;
const bomb = { type: "application/x-protobuf", status: 413 } as const;
const megabyte = 2 ** 20;

/** Everything here is at most 1 MB long, as a load balancer lets it through, and some of it is 1 GB and more when decoded. */
export const hostileBodies: Readonly<Record<string, HostileBody>> = {
  "gzip: 1 GB of zeros in one member": { ...bomb, coding: "gzip", make: () => gzipBomb(1024) },
  "gzip: 1 GB of zeros that claims 60 MiB": {
    ...bomb,
    coding: "gzip",
    make() {
      const body = Buffer.from(gzipBomb(1024));
      body.writeUInt32LE(60 * megabyte, body.length - 4);
      return body;
    },
  },
  "gzip: 1 GB of zeros in sixteen members": {
    ...bomb,
    coding: "gzip",
    make: () => repeat(gzipSync(Buffer.alloc(64 * megabyte - 1)), 16),
  },
  "gzip: 50,000 empty members": { ...bomb, coding: "gzip", status: 200, make: () => repeat(gzipSync(""), 50_000) },
  "gzip: a trailer that claims 4 GB": { ...bomb, coding: "gzip", status: 400, make: () => lyingTrailer() },
  "deflate: 1 GB of zeros": { ...bomb, coding: "deflate", make: () => zlibBomb(1000) },
  "zstd: 32 GB in blocks of one byte": { ...bomb, coding: "zstd", make: () => zstdBomb(250_000, 0x38) },
  "zstd: 32 GB with a window of 8 MB": { ...bomb, coding: "zstd", make: () => zstdBomb(250_000, 0x68) },
  "zstd: a window of 9 MB": { ...bomb, coding: "zstd", status: 400, make: () => zstdBomb(250_000, 0x69) },
  "zstd: a window of 2 GB": { ...bomb, coding: "zstd", status: 400, make: () => zstdBomb(10, 0xa8) },
  "zstd: 100,000 empty frames": { ...bomb, coding: "zstd", status: 400, make: () => repeat(emptyFrame, 100_000) },
  "snappy: 4 GB declared": { ...bomb, coding: "snappy", make: () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]) },
  "snappy: 64 MB declared by six bytes": {
    ...bomb,
    coding: "snappy",
    status: 400,
    make: () => Buffer.from([0xff, 0xff, 0xff, 0x1f, 0, 0]),
  },
  "snappy: 20 MB of copies": {
    ...bomb,
    coding: "snappy",
    status: 400,
    make: () => snappyBlock(Buffer.alloc(20 * megabyte)),
  },
  "snappy: 100,000 chunks of nothing": { ...bomb, coding: "snappy", status: 200, make: emptyChunks },
  "protobuf: a million nested groups": { ...protobuf, make: () => Buffer.alloc(1_000_000, 0x0b) },
  "protobuf: values nested as deep as they go": { ...protobuf, make: () => nestedValues(100_000) },
  "protobuf: half a million empty resources": {
    ...protobuf,
    status: 200,
    make: () => repeat(Buffer.from("0a00", "hex"), 500_000),
  },
  "protobuf: half a million lengths past the end": {
    ...protobuf,
    make: () => repeat(Buffer.from("0aff", "hex"), 500_000),
  },
  "protobuf: varints that never end": { ...protobuf, make: () => Buffer.alloc(1_000_000, 0xff) },
  "JSON: half a million open arrays": { ...json, make: () => Buffer.alloc(500_000, "[") },
  "JSON: half a million open arrays in an unknown key": {
    ...json,
    make: () => Buffer.from(`{"x":${"[".repeat(500_000)}`),
  },
  "JSON: objects nested in known fields": {
    ...json,
    status: [200, 400],
    make: () => Buffer.from(nestedJson(20_000)),
  },
  "JSON: a million keys": {
    ...json,
    status: [200, 413],
    make: () => gzipSync(`{${Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":0`).join(",")}}`),
    coding: "gzip",
  },
  "JSON: a million keys with escapes": {
    ...json,
    status: 200,
    make: () => gzipSync(`{${Array.from({ length: 1_000_000 }, (_, index) => `"\\u0061${index}":0`).join(",")}}`),
    coding: "gzip",
  },
  "JSON: four million whole numbers with a decimal point": {
    ...json,
    status: 200,
    make: () =>
      gzipSync(`{"resourceSpans":[{"scopeSpans":[{"spans":[{${Array(4_000_000).fill('"kind":1.0').join(",")}}]}]}]}`),
    coding: "gzip",
  },
  "JSON: a million times the same key": {
    ...json,
    status: 200,
    make: () => gzipSync(`{${Array(1_000_000).fill('"resourceSpans":[]').join(",")}}`),
    coding: "gzip",
  },
  "JSON: a number of a million digits": {
    ...json,
    make: () => Buffer.from(spanWith(`"startTimeUnixNano":${"9".repeat(900_000)}`)),
  },
  "JSON: an exponent of a million digits": {
    ...json,
    make: () => Buffer.from(spanWith(`"startTimeUnixNano":1e${"9".repeat(900_000)}`)),
  },
  "JSON: an integer with a huge exponent": {
    ...json,
    make: () => Buffer.from(spanWith('"startTimeUnixNano":1e999999999')),
  },
  "JSON: an integer with a hugely negative exponent": {
    ...json,
    make: () => Buffer.from(spanWith(`"startTimeUnixNano":1${"0".repeat(500_000)}e-500000`)),
    status: [200, 400],
  },
  "JSON: a string that never ends": { ...json, make: () => Buffer.from(`{"a":"${"\\\\".repeat(400_000)}`) },
};

const emptyFrame = Buffer.from("28b52ffd2000010000", "hex");

function repeat(part: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array<Uint8Array>(times).fill(part));
}

/** One deflate stream of `megabytes` zeros: a flushed block depends on nothing before it, so it can be repeated. */
function deflated(megabytes: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(megabyte), { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([repeat(block, megabytes), Buffer.from([3, 0])]);
}

function gzipBomb(megabytes: number): Buffer {
  return Buffer.concat([gzipSync("").subarray(0, 10), deflated(megabytes), Buffer.from("00000000ffffffff", "hex")]);
}

function zlibBomb(megabytes: number): Buffer {
  return Buffer.concat([Buffer.from([0x78, 0x9c]), deflated(megabytes), Buffer.alloc(4)]);
}

function lyingTrailer(): Buffer {
  const member = gzipSync(Buffer.alloc(megabyte));
  member.writeUInt32LE(0xffffffff, member.length - 4);
  return member;
}

/** A frame of run-length blocks, 128 KiB each (RFC 8878 3.1.1.2), with this window descriptor. */
function zstdBomb(blocks: number, window: number): Buffer {
  const size = 128 * 1024;
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window]);
  const block = Buffer.from([0, 0, 0, 0]);
  block.writeUIntLE(size * 8 + 2, 0, 3);
  return Buffer.concat([head, repeat(block, blocks), Buffer.from([1, 0, 0])]);
}

/** Framed snappy chunks that hold nothing, with the checksum of nothing. */
function emptyChunks(): Uint8Array {
  const chunk = Buffer.from("01040000d8ea82a2", "hex");
  return Buffer.concat([Buffer.from("ff060000734e61507059", "hex"), repeat(chunk, 100_000)]);
}

function nestedValues(depth: number): Buffer {
  // Written from the inside out, lengths first: each level is an array in a value.
  const parts: Buffer[] = [];
  let length = 0;
  const wrap = (tag: number) => {
    const head = Buffer.from([tag, ...varint(length)]);
    parts.push(head);
    length += head.length;
  };
  for (let level = 0; level < depth; level++) {
    wrap(0x0a);
    wrap(0x2a);
  }
  for (const tag of [0x12, 0x4a, 0x12, 0x12, 0x0a]) wrap(tag);
  return Buffer.concat(parts.reverse());
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function nestedJson(depth: number): string {
  const value = `${'{"arrayValue":{"values":['.repeat(depth)}${"]}}".repeat(depth)}`;
  return spanWith(`"attributes":[{"key":"k","value":${value}}]`);
}

function spanWith(text: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{${text}}]}]}]}`;
}
