import { describe, expect, it } from "vitest";
import { formatLabels } from "../../../shared/prometheus/labels.ts";
import { decodeWriteRequest } from "../../../shared/prometheus/remote-write/decode-write-request.ts";
import { createWriteSeriesTable } from "../../../shared/prometheus/remote-write/write-series.ts";
import {
  createWriteShards,
  type ShardRequest,
  type WriteShardsOptions,
} from "../../../shared/prometheus/remote-write/write-shards.ts";
import { addSample, addStaleMarker, createSampleBatch, type SampleBatch } from "../../../shared/prometheus/sample.ts";
import { seriesOf } from "../../../shared/prometheus/series.ts";

const clock = {
  now: () => 1_000_000,
  sleep: (_: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve())),
};

function stand(change: Partial<WriteShardsOptions> = {}) {
  const shards = change.shards ?? 1;
  const table = createWriteSeriesTable({
    externalLabels: ["cluster", "c", "job", "external"],
    relabel: (labels) => labels,
  });
  const requests: ShardRequest[] = [];
  const drops: string[] = [];
  const write = createWriteShards({
    table,
    shards,
    maxSamples: 1_000,
    maxDelayMs: 1_000,
    sendExemplars: true,
    sendHistograms: false,
    maxAgeMs: 0,
    clock,
    append: async (request) => void requests.push({ ...request, bytes: request.bytes.slice() }),
    dropped: (reason, samples) => void drops.push(`${reason} ${samples}`),
    ...change,
  });
  return { table, write, requests, drops };
}

function readable({ bytes }: ShardRequest): string[] {
  const decoded = decodeWriteRequest(bytes, seriesOf);
  return decoded.kind === "invalid"
    ? [decoded.reason]
    : decoded.batch.series.map(
        ({ labels }, row) => `${formatLabels(labels)} ${decoded.batch.values[row]} @${decoded.batch.timesMs[row]}`,
      );
}

function batchOf(rows: readonly (readonly [readonly string[], number, number])[]): SampleBatch {
  const batch = createSampleBatch();
  for (const [labels, timeMs, value] of rows) {
    addSample(batch, seriesOf(labels), { timeMs, value });
  }
  return batch;
}

describe("createWriteShards()", () => {
  it("adds external labels where they are absent", async () => {
    const { write, requests } = stand();
    const done = write.consume(batchOf([[["__name__", "up", "job", "own"], 5, 1]]));
    await write.flush();
    await done;
    expect(requests.flatMap(readable)).toEqual(['up{cluster="c", job="own"} 1 @5']);
  });

  it("resolves only when the request is durable", async () => {
    const durable = Promise.withResolvers<void>();
    const { write } = stand({ maxSamples: 1, append: () => durable.promise });
    let isDone = false;
    const done = write.consume(batchOf([[["__name__", "up"], 5, 1]])).then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect([isDone, write.pending()]).toEqual([false, 1]);
    durable.resolve();
    await done;
    expect(write.pending()).toBe(0);
  });

  it("drops a second value at the same time, whatever series it comes through, and an equal one in silence", async () => {
    const { write, requests, drops } = stand();
    const labels = ["__name__", "up"];
    void write.consume(
      batchOf([
        [labels, 5, 1],
        [labels, 5, 1],
        [labels, 5, 2],
        [labels, 6, 3],
      ]),
    );
    await write.flush();
    expect(requests.flatMap(readable).map((line) => line.split("} ")[1])).toEqual(["1 @5", "3 @6"]);
    expect(drops).toEqual(["duplicate_timestamp 1"]);
  });

  it.each([
    [["a", "b"], "invalid_labels 1"],
    [["__name__", "up", "a", "\ud800"], "invalid_labels 1"],
    [["__name__", ""], "invalid_labels 1"],
  ])("does not send what receivers swallow: %j", async (labels, drop) => {
    const { write, requests, drops } = stand();
    await write.consume(batchOf([[labels, 5, 1]]));
    expect([requests.length, drops]).toEqual([0, [drop]]);
  });

  it("keeps a series in one shard and its samples in order", async () => {
    const { write, requests } = stand({ shards: 4, maxSamples: 10 });
    const series = Array.from({ length: 50 }, (_, i) => seriesOf(["__name__", "m", "i", String(i)]));
    for (let round = 1; round <= 20; round++) {
      const batch = createSampleBatch();
      for (const each of series) {
        addSample(batch, each, { timeMs: round, value: round });
      }
      void write.consume(batch);
    }
    await write.flush();
    const shardOf = new Map<string, number>();
    const last = new Map<string, number>();
    for (const request of requests) {
      for (const line of readable(request)) {
        const [name = "", rest = ""] = line.split("} ");
        expect(shardOf.get(name) ?? request.shard).toBe(request.shard);
        shardOf.set(name, request.shard);
        const time = Number(rest.split("@")[1]);
        expect(time).toBe((last.get(name) ?? 0) + 1);
        last.set(name, time);
      }
    }
    expect([...last.values()]).toEqual(new Array(50).fill(20));
    expect(new Set(shardOf.values()).size).toBe(4);
  });

  it("drops what is too old, and forgets series that are not used", async () => {
    const { write, drops, table } = stand({ maxAgeMs: 1_000 });
    const batch = createSampleBatch();
    addStaleMarker(batch, seriesOf(["__name__", "a"]), 5);
    void write.consume(batch);
    expect(drops).toEqual(["too_old 1"]);
    expect(table.size).toBe(1);
    for (let call = 0; call < 30; call++) table.sweep();
    expect(table.size).toBe(1);
    table.sweep();
    expect(table.size).toBe(0);
  });

  it("lets a request wait from its own first sample on, whatever was sent before it", () => {
    const timers = new Map<number, { readonly ms: number; readonly task: () => void }>();
    let made = 0;
    const after = (ms: number, task: () => void) => {
      const id = made++;
      timers.set(id, { ms, task });
      return () => void timers.delete(id);
    };
    const { write, requests } = stand({ maxSamples: 2, clock: { ...clock, after } });
    const one = (name: string) => batchOf([[["__name__", name], 1, 1]]);
    void write.consume(one("a"));
    expect([...timers.keys()]).toEqual([0]);
    void write.consume(one("b"));
    expect(requests.map(({ samples }) => samples)).toEqual([2]);
    expect(timers.size).toBe(0);
    void write.consume(one("c"));
    expect([...timers.values()].map(({ ms }) => ms)).toEqual([1_000]);
    for (const { task } of timers.values()) task();
    expect(requests.map(({ samples }) => samples)).toEqual([2, 1]);
    expect(timers.size).toBe(0);
  });

  it("forgets sooner what has ended, and keeps what lives", () => {
    const { write, table } = stand({});
    const [ended, lives] = [seriesOf(["__name__", "a"]), seriesOf(["__name__", "b"])];
    const batch = createSampleBatch();
    addStaleMarker(batch, ended, 5);
    addSample(batch, lives, { timeMs: 5, value: 1 });
    void write.consume(batch);
    for (let call = 0; call < 3; call++) table.sweep();
    expect(table.size).toBe(2);
    table.sweep();
    expect(table.size).toBe(1);
    void write.consume(batch);
    expect(table.of(seriesOf(["__name__", "b"]))).toBe(table.of(lives));
  });
});

describe("reshard()", () => {
  const series = Array.from({ length: 20 }, (_, i) => seriesOf(["__name__", "m", "i", String(i)]));

  function round(timeMs: number) {
    const batch = createSampleBatch();
    for (const each of series) {
      addSample(batch, each, { timeMs, value: timeMs });
    }
    return batch;
  }

  it("spreads series over other shards when nothing of the old ones is left, and holds what comes until then", async () => {
    const { write, requests } = stand({ maxSamples: 1_000 });
    const first = write.consume(round(1));
    const drained = Promise.withResolvers<boolean>();
    const changed = write.reshard(3, () => drained.promise);
    const second = write.consume(round(2));
    await first;
    expect(requests.map(({ shard, samples }) => [shard, samples])).toEqual([[0, 20]]);
    expect(await write.reshard(9, async () => true)).toBe(false);
    drained.resolve(true);
    expect(await changed).toBe(true);
    await write.flush();
    await second;
    expect(new Set(requests.slice(1).map(({ shard }) => shard))).toEqual(new Set([0, 1, 2]));
    expect(requests.slice(1).flatMap(readable)).toHaveLength(20);
  });

  it("goes on with the old ones where they do not empty", async () => {
    const { write, requests } = stand({ maxSamples: 1_000 });
    const changed = write.reshard(3, async () => false);
    const first = write.consume(round(1));
    expect(await changed).toBe(false);
    await write.flush();
    await first;
    expect(requests.map(({ shard }) => shard)).toEqual([0]);
  });
});
