import { promisify } from "node:util";
import { gzip as deflate, gzipSync } from "node:zlib";
import { decodeEnvelope, encodeEnvelope } from "../shared/queue/envelope.ts";
import { pack } from "../shared/queue/pack.ts";
import { corpusCase } from "../test/support/otlp/corpus.ts";
import { type BenchCase, bench } from "./harness.ts";

const deflateOnPool = promisify(deflate);
const options = { destination: "grafana-cloud", acceptedAt: 1_790_000_000_000, maxBatchBytes: 4 * 2 ** 20 };

async function packTypical(): Promise<BenchCase> {
  const { format, items, protobuf: bytes, gzip } = await corpusCase("traces", "typical");
  return {
    bytes: bytes.length,
    contenders: {
      "arrived compressed": () => pack({ format, items, bytes, gzip }, options),
      "arrived plain": () => pack({ format, items, bytes }, options),
      "gzip alone": () => gzipSync(bytes, { level: 1 }),
    },
  };
}

async function packLarge(): Promise<BenchCase> {
  const { format, items, protobuf: bytes } = await corpusCase("traces", "large");
  return {
    bytes: bytes.length,
    contenders: {
      "arrived plain": () => pack({ format, items, bytes }, options),
      "gzip alone": () => gzipSync(bytes, { level: 1 }),
    },
  };
}

async function envelopes(): Promise<BenchCase> {
  const { format, items, protobuf, gzip: payload } = await corpusCase("traces", "large");
  const { destination, acceptedAt } = options;
  const batch = { format, destination, acceptedAt, items, bytes: protobuf.length, encoding: "gzip", payload } as const;
  const body = encodeEnvelope(batch);
  return {
    bytes: payload.length,
    contenders: {
      encode: () => encodeEnvelope(batch),
      decode: () => decodeEnvelope(body),
      "gzip again, for comparison": () => gzipSync(protobuf, { level: 1 }),
    },
  };
}

async function levels(): Promise<BenchCase> {
  const { protobuf: bytes } = await corpusCase("traces", "typical");
  const contenders = Object.fromEntries(
    [1, 2, 4, 6, 9].map((level) => {
      const percent = ((100 * gzipSync(bytes, { level }).length) / bytes.length).toFixed(1);
      return [`level ${level}, to ${percent} %`, () => gzipSync(bytes, { level })] as const;
    }),
  );
  return { bytes: bytes.length, contenders };
}

async function small(bytes: number): Promise<BenchCase> {
  const { protobuf } = await corpusCase("traces", "typical");
  const slice = protobuf.subarray(0, bytes);
  return {
    bytes,
    contenders: {
      "on this thread": () => gzipSync(slice, { level: 1 }),
      "on the pool": () => deflateOnPool(slice, { level: 1 }),
    },
  };
}

await bench(import.meta.url, {
  title: "pack: from a request to queue messages",
  cases: {
    "typical traces": packTypical,
    "large traces": packLarge,
    envelope: envelopes,
    "gzip level": levels,
    "gzip small, 4 KiB": () => small(4096),
    "gzip small, 16 KiB": () => small(16_384),
    "gzip small, 64 KiB": () => small(65_536),
  },
  rounds: 3,
});
