import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeEnvelope, maxMessageBytes, maxPayloadBytes } from "../../shared/queue/envelope.ts";
import { pack } from "../../shared/queue/pack.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { itemNames, requestOf } from "../support/otlp/item-names.ts";
import { unpack } from "../support/otlp/unpack.ts";

const options = { destination: "grafana-cloud", acceptedAt: 1_790_000_000_000, maxBatchBytes: 4 * 2 ** 20 };
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`);

/** Items whose names do not compress: `bytes` of random hexadecimal each, which is half of that in information. */
const noisy = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => `${index}-${randomBytes(bytes / 2).toString("hex")}`);

describe("pack()", () => {
  it("stores what arrived compressed as it came", async () => {
    const bytes = requestOf("traces", { names: numbered(512) });
    const gzip = gzipSync(bytes, { level: 9 });
    const { batches, rejected } = await pack({ format: "otlp/traces", items: 512, bytes, gzip }, options);
    expect(rejected).toBeUndefined();
    expect(batches).toEqual([
      {
        format: "otlp/traces",
        destination: "grafana-cloud",
        items: 512,
        bytes: bytes.length,
        encoding: "gzip",
        payload: gzip,
        acceptedAt: options.acceptedAt,
      },
    ]);
    expect(batches[0]?.payload).toBe(gzip);
  });

  it("does not trust a compressed form that is not that one member", async () => {
    const bytes = requestOf("logs", { names: numbered(20) });
    const two = Buffer.concat([gzipSync(bytes.subarray(0, 7)), gzipSync(bytes.subarray(7))]);
    for (const gzip of [two, Buffer.concat([gzipSync(bytes), Buffer.alloc(8)]), Buffer.from("zip")]) {
      const { batches } = await pack({ format: "otlp/logs", items: 20, bytes, gzip }, options);
      expect(batches[0]?.payload).not.toBe(gzip);
      expect(await unpack(batches[0] as never)).toEqual(Buffer.from(bytes));
    }
  });

  it("compresses what arrived plain once, and not at all where that gains nothing", async () => {
    const bytes = requestOf("metrics", { names: numbered(300) });
    const [batch] = (await pack({ format: "otlp/metrics", items: 300, bytes }, options)).batches;
    expect(batch).toMatchObject({ items: 300, bytes: bytes.length, encoding: "gzip" });
    const tiny = requestOf("logs", { names: ["a"] });
    const [small] = (await pack({ format: "otlp/logs", items: 1, bytes: tiny }, options)).batches;
    expect(small).toMatchObject({ encoding: "identity", payload: tiny });
  });

  it.each(["traces", "metrics", "logs"] as const)(
    "cuts %s that do not compress into messages that all fit",
    async (signal) => {
      const names = noisy(900, 4000);
      const bytes = requestOf(signal, { names });
      const { batches, rejected } = await pack({ format: `otlp/${signal}`, items: names.length, bytes }, options);
      expect(rejected).toBeUndefined();
      for (const batch of batches) expect(encodeEnvelope(batch).length).toBeLessThanOrEqual(maxMessageBytes);
      const found = await Promise.all(batches.map(async (batch) => itemNames(await unpack(batch), signal)));
      expect(found.flat()).toEqual(names);
      expect(batches.map((batch) => batch.items)).toEqual(found.map((items) => items.length));
      // Twice the information there is, at most.
      expect(batches.length).toBeLessThanOrEqual(Math.ceil((2 * bytes.length) / 2 / maxPayloadBytes));
    },
  );

  it("cuts a request that is larger than a batch may be, though it would fit compressed", async () => {
    const bytes = requestOf("traces", { names: numbered(20_000), padding: "x".repeat(400) });
    const gzip = gzipSync(bytes);
    expect(gzip.length).toBeLessThan(maxPayloadBytes);
    const { batches } = await pack({ format: "otlp/traces", items: 20_000, bytes, gzip }, options);
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) expect(batch.bytes).toBeLessThanOrEqual(options.maxBatchBytes);
    expect(batches.reduce((sum, batch) => sum + batch.items, 0)).toBe(20_000);
  });

  it("rejects only the item that fits no message even alone, and names the limit", async () => {
    const names = ["before", randomBytes(1_000_000).toString("latin1").replace(/[^\w]/g, "~"), "after"];
    names[1] = randomBytes(900_000).toString("base64");
    const bytes = requestOf("logs", { names });
    const { batches, rejected } = await pack({ format: "otlp/logs", items: 3, bytes }, options);
    expect(rejected?.items).toBe(1);
    expect(rejected?.message).toMatch(/^1 log record too large \(\d+ bytes\).*780288 bytes compressed/);
    const found = await Promise.all(batches.map(async (batch) => itemNames(await unpack(batch), "logs")));
    expect(found.flat()).toEqual(["before", "after"]);
  });

  it("rejects a single item that is too large", async () => {
    const bytes = requestOf("logs", { names: [randomBytes(900_000).toString("base64")] });
    expect(await pack({ format: "otlp/logs", items: 1, bytes }, options)).toMatchObject({
      batches: [],
      rejected: { items: 1 },
    });
  });

  it("keeps an item that is larger than a batch should be but fits compressed", async () => {
    const names = ["a", "b".repeat(6 * 2 ** 20), "c"];
    const bytes = requestOf("logs", { names });
    const { batches, rejected } = await pack({ format: "otlp/logs", items: 3, bytes }, options);
    expect(rejected).toBeUndefined();
    const found = await Promise.all(batches.map(async (batch) => itemNames(await unpack(batch), "logs")));
    expect(found.flat()).toEqual(names);
  });

  it("takes a request of 64 MiB that hardly compresses in bounded memory and time", { timeout: 60_000 }, async () => {
    const names = noisy(8000, 8000);
    const bytes = requestOf("traces", { names });
    expect(bytes.length).toBeGreaterThan(60 * 2 ** 20);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const { batches, rejected } = await pack({ format: "otlp/traces", items: names.length, bytes }, options);
    const seconds = (performance.now() - started) / 1000;
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    console.log(
      `figures: pack ${bytes.length} bytes, ${batches.length} batches, ${seconds.toFixed(1)} s, +${grown.toFixed(0)} MiB`,
    );
    expect(rejected).toBeUndefined();
    expect(batches.reduce((sum, batch) => sum + batch.items, 0)).toBe(names.length);
    for (const batch of batches) expect(batch.payload.length).toBeLessThanOrEqual(maxPayloadBytes);
    expect(grown).toBeLessThan(400);
    expect(seconds).toBeLessThan(30);
  });

  it("packs what SDKs really send into one message each", async () => {
    for (const signal of ["traces", "metrics", "logs"] as const) {
      const { protobuf, items } = await corpusCase(signal, "typical");
      const { batches } = await pack({ format: `otlp/${signal}`, items, bytes: protobuf }, options);
      expect(batches).toHaveLength(1);
      expect(await unpack(batches[0] as never)).toEqual(Buffer.from(protobuf));
    }
  });

  it("spends a bounded time on a resource that every part would have to repeat, and keeps what stands beside it", async () => {
    const heavy = resourceLogs(randomBytes(1_200_000).toString("base64"), 600);
    const light = resourceLogs("small", 50);
    const bytes = Buffer.concat([heavy, light, heavy]);
    const startedAt = performance.now();
    const { batches, rejected } = await pack({ format: "otlp/logs", items: 1250, bytes }, options);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(batches.reduce((sum, { items }) => sum + items, 0)).toBe(50);
    expect(rejected?.items).toBe(1200);
  });
});

/** One `resource_logs` field: a resource with one large attribute, and records that hold nothing but a time. */
function resourceLogs(value: string, records: number): Buffer {
  const text = field(1, Buffer.from(value));
  const attribute = Buffer.concat([field(1, Buffer.from("k")), field(2, text)]);
  const record = field(2, Buffer.from([0x09, 1, 0, 0, 0, 0, 0, 0, 0]));
  const scope = field(2, Buffer.concat(Array(records).fill(record)));
  return field(1, Buffer.concat([field(1, field(1, attribute)), scope]));
}

function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}
