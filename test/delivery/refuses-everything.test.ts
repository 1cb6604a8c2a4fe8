import { describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import { decompress } from "../../shared/compression/compress.ts";
import { createDeliver } from "../../shared/delivery/deliver.ts";
import type { Destinations } from "../../shared/delivery/destination.ts";
import type { TransportAnswer } from "../../shared/delivery/transport.ts";
import { lokiPushExporter } from "../../shared/exporters/loki-push/exporter.ts";
import { createPushWriter } from "../../shared/loki/push-writer.ts";
import { oneDestination } from "../support/flush/flush-stand.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { requestOf } from "../support/otlp/item-names.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

/** Deliveries to a destination that answers by the text that it is sent. */
function stand(destinations: Destinations, judge: (text: string) => number) {
  const clock = createManualClock();
  const events: EmittedEvent[] = [];
  const sent: string[] = [];
  const deliver = createDeliver({
    destinations,
    transport: {
      async post({ body, headers }): Promise<TransportAnswer> {
        const encoding = headers["content-encoding"] === "gzip" ? "gzip" : "identity";
        const isPush =
          headers["content-encoding"] === undefined && headers["content-type"] === "application/x-protobuf";
        const plain =
          encoding === "gzip" ? await decompress(body, "gzip", 10_000_000) : isPush ? await unsnapped(body) : body;
        const text = Buffer.from(plain).toString("latin1");
        sent.push(text);
        return { kind: "answered", status: judge(text), headers: {}, body: new Uint8Array() };
      },
    },
    userAgent: "Sluice/1",
    clock,
    random: () => 0.5,
    emit: recordEvents(events),
    maxExportBytes: 4 * 2 ** 20,
    maxExportItems: 20_000,
    exportTimeoutMs: 1000,
    baseMs: 5000,
    maxMs: 300_000,
  });
  return { deliver, clock, events, sent };
}

async function unsnapped(body: Uint8Array): Promise<Uint8Array> {
  return decompress(body, "snappy", 10_000_000).catch(() => body);
}

function logs(count: number): Batch {
  const bytes = requestOf("logs", { names: Array.from({ length: count }, (_, index) => `item${index}`) });
  const common = { destination: "grafana-cloud", encoding: "identity", acceptedAt: 1 } as const;
  return { ...common, format: "otlp/logs", items: count, bytes: bytes.length, payload: bytes };
}

describe("a destination that answers 400 to whatever it is sent", () => {
  it("is the operator's matter once it refuses a request that holds nothing, and costs two exports a trial from then on", async () => {
    const { deliver, clock, events, sent } = stand(oneDestination("http://127.0.0.1:9/otlp"), () => 400);
    const batch = logs(5000);
    const first = (await deliver([batch])).get(batch);
    expect(first).toMatchObject({ kind: "partial", delivered: 0, rest: { retry: { cause: "failed" } } });
    expect(sent.length).toBeLessThan(230);
    expect(events.map(({ name }) => name)).toContain("destination.misconfigured");
    clock.advance(600_000);
    sent.length = 0;
    const next = logs(1000);
    expect((await deliver([next])).get(next)).toMatchObject({ kind: "retry" });
    expect(sent.length).toBe(2);
  });

  it("rejects every record by an export of its own where nothing is wrong with the way", async () => {
    const { deliver, sent } = stand(oneDestination("http://127.0.0.1:9/otlp"), (text) =>
      text.includes("item") ? 400 : 200,
    );
    const batch = logs(220);
    expect((await deliver([batch])).get(batch)).toMatchObject({ kind: "rejected" });
    expect(sent.filter((text) => text.length === 0)).toHaveLength(1);
    expect(sent.length).toBeLessThan(260);
  });
});

describe("a line that is always answered 502, in a log that keeps its order", () => {
  const destination = {
    name: "loki",
    endpoint: "http://127.0.0.1:9/push",
    exporter: lokiPushExporter,
    auth: { kind: "none" },
  } as const;
  const destinations: Destinations = { candidates: () => [destination], refused: async () => {} };

  function lines(...texts: string[]): Batch {
    const writer = createPushWriter();
    for (const [at, line] of texts.entries()) writer.add({ labels: [], timeUnixNano: BigInt(at), line, metadata: [] });
    const payload = writer.finish();
    const common = { destination: "loki", encoding: "identity", acceptedAt: 1 } as const;
    return { ...common, format: "loki/push", items: texts.length, bytes: payload.length, payload };
  }

  it("does not keep its shard forever: its neighbours are delivered, and it is dead-lettered", async () => {
    const { deliver, clock } = stand(destinations, (text) => (text.includes("bad") ? 502 : 204));
    const batch = lines("one", "two", "bad", "four");
    for (let receives = 1; receives < 40; receives++) {
      const outcome = (await deliver([batch], { receives: new Map([[batch, receives]]) })).get(batch);
      clock.advance(30_000);
      if (outcome?.kind === "retry") continue;
      expect(receives).toBeGreaterThanOrEqual(10);
      expect(outcome).toMatchObject({ kind: "partial", delivered: 3, refused: [{ items: 1 }] });
      expect(outcome).not.toHaveProperty("rest");
      return;
    }
    expect.fail("it was never settled");
  });

  it("is not rejected by an outage that ends in the middle of a look", async () => {
    let posts = 0;
    const { deliver, clock } = stand(destinations, () => (++posts < 12 ? 502 : 204));
    const batch = lines("one", "two", "three", "four");
    for (let receives = 1; receives < 40; receives++) {
      const outcome = (await deliver([batch], { receives: new Map([[batch, receives]]) })).get(batch);
      clock.advance(30_000);
      if (outcome?.kind === "retry") continue;
      expect(outcome).toEqual({ kind: "delivered", rejected: 0 });
      return;
    }
  });
});
