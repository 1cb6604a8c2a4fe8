import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../shared/batch/batch.ts";
import { gunzip } from "../../shared/compression/gzip.ts";
import { createDeliver, type DeliverOptions } from "../../shared/delivery/deliver.ts";
import type { DeliverContext } from "../../shared/delivery/deliver-context.ts";
import type { ExportRequest, TransportAnswer } from "../../shared/delivery/transport.ts";
import type { SignalName } from "../../shared/signal.ts";
import { createFlushStand, oneDestination } from "../support/flush/flush-stand.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { itemNames, requestOf } from "../support/otlp/item-names.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const answer = (status: number): TransportAnswer => ({ kind: "answered", status, headers: {}, body: new Uint8Array() });

function batchOf(signal: SignalName, ...names: string[]): Batch {
  const bytes = requestOf(signal, { names });
  const common = { destination: "grafana-cloud", encoding: "identity", acceptedAt: 1 } as const;
  return { ...common, format: `otlp/${signal}`, items: names.length, bytes: bytes.length, payload: bytes };
}

async function itemsOf({ url, headers, body }: ExportRequest): Promise<string[]> {
  const bytes = headers["content-encoding"] === "gzip" ? await gunzip(body, 10_000_000) : body;
  try {
    return itemNames(bytes, url.split("/").at(-1) as SignalName);
  } catch {
    return ["?"];
  }
}

/** Deliveries to a destination that answers by what it is sent. */
function stand(judge: (items: string[], url: string) => TransportAnswer, limits: Partial<DeliverOptions> = {}) {
  const clock = createManualClock();
  const events: EmittedEvent[] = [];
  const sent: string[][] = [];
  const deliverAll = createDeliver({
    destinations: oneDestination("http://127.0.0.1:9/otlp"),
    transport: {
      post: async (request) => {
        const items = await itemsOf(request);
        sent.push(items);
        return judge(items, request.url);
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
    ...limits,
  });
  const deliver = async (batches: readonly Batch[], context?: DeliverContext) => {
    const outcomes = await deliverAll(batches, context);
    expect(outcomes.size).toBe(batches.length);
    return batches.map((batch) => outcomes.get(batch));
  };
  return { deliver, clock, events, sent };
}

const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe("createDeliver()", () => {
  it("answers with one outcome for each batch, whatever their order", async () => {
    const { deliver } = stand((items) => answer(items.includes("bad") ? 400 : 200));
    const outcomes = await deliver([
      batchOf("logs", "a"),
      batchOf("traces", "b"),
      batchOf("logs", "bad"),
      batchOf("logs", "c"),
    ]);
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(["delivered", "delivered", "rejected", "delivered"]);
  });

  it("does not call a warning a loss", async () => {
    // { partial_success { error_message: "warn" } }
    const warning = { ...answer(200), headers: { "content-type": "application/x-protobuf" } };
    const { deliver, events } = stand(() => ({ ...warning, body: Buffer.from("0a0612047761726e", "hex") }));
    expect(await deliver([batchOf("logs", "a")])).toEqual([{ kind: "delivered", rejected: 0 }]);
    expect(events.map(({ name }) => name)).toEqual(["export.delivered", "export.warned"]);
    expect(events[1]?.fields).toEqual({ signal: "logs", destination: "grafana-cloud", items: 1, message: "warn" });
  });

  it("keeps an outage of one signal from the others", async () => {
    const { deliver, sent } = stand((_, url) => answer(url.endsWith("metrics") ? 503 : 200));
    for (let round = 0; round < 5; round++) {
      const outcomes = await deliver([batchOf("metrics", "m"), batchOf("logs", "l")]);
      expect(outcomes).toMatchObject([
        { kind: "retry", cause: expect.stringMatching(/^(failed|outage)$/) },
        { kind: "delivered" },
      ]);
    }
    expect(sent.flat().sort()).toEqual(["l", "l", "l", "l", "l", "m", "m"]);
  });

  it("starts nothing once it is told to stop", async () => {
    const { deliver, sent } = stand(() => answer(200));
    const outcomes = await deliver([batchOf("logs", "a")], { abort: AbortSignal.abort() });
    expect(outcomes).toEqual([{ kind: "retry", cause: "not-tried", reason: "no time left" }]);
    expect(sent).toEqual([]);
  });

  it("parks the whole batch when all of it is bad", async () => {
    const { deliver } = stand(() => answer(400));
    const outcomes = await deliver([batchOf("logs", "a", "b", "c")]);
    expect(outcomes).toEqual([{ kind: "rejected", reason: "rejected", status: 400, message: "HTTP 400" }]);
  });

  it("parks a batch of items that only the destination finds too large", async () => {
    const { deliver } = stand((items) => answer(items.includes("huge") ? 413 : 200));
    const [outcome] = await deliver([batchOf("logs", "a", "huge", "b")]);
    expect(outcome).toMatchObject({
      kind: "partial",
      delivered: 2,
      refused: [{ items: 1, why: { reason: "too-large" } }],
    });
  });

  it("settles what it can when the destination goes down while a refusal is narrowed down", async () => {
    let exports = 0;
    const { deliver, sent } = stand((items) => answer(++exports > 3 ? 503 : items.includes("bad5") ? 400 : 200));
    const batches = [batchOf("logs", ...numbered(8, "a")), batchOf("logs", ...numbered(8, "bad"))];
    const outcomes = await deliver(batches);
    expect(outcomes).toMatchObject([{ kind: "delivered" }, { kind: "partial", delivered: 4, refused: [] }]);
    const [, partial] = outcomes;
    const rest = partial?.kind === "partial" ? itemNames(partial.rest?.bytes ?? new Uint8Array(), "logs") : [];
    expect(rest.sort()).toEqual(["bad4", "bad5", "bad6", "bad7"]);
    expect(sent).toHaveLength(5);
  });

  it("lets batches that were not looked at yet wait as they are", async () => {
    let exports = 0;
    const { deliver } = stand(() => answer(++exports > 1 ? 503 : 400));
    const outcomes = await deliver([batchOf("logs", "a", "b"), batchOf("logs", "c", "d")]);
    expect(outcomes).toMatchObject([
      { kind: "retry", cause: expect.stringMatching(/^(failed|outage)$/) },
      { kind: "retry", cause: expect.stringMatching(/^(failed|outage)$/) },
    ]);
  });

  it("tells of a narrowing what it cost", async () => {
    const { deliver, events } = stand((items) => answer(items.includes("a3") ? 400 : 200));
    await deliver([batchOf("logs", ...numbered(8, "a"))]);
    const fields = { signal: "logs", destination: "grafana-cloud", items: 8, exports: 5, deadLettered: 1 };
    expect(events).toContainEqual({ name: "export.narrowed", fields });
  });

  it("sends a few bytes uncompressed, more of them as gzip, merged or alone", async () => {
    const requests: ExportRequest[] = [];
    const transport = {
      post: async (request: ExportRequest) => {
        requests.push(request);
        return answer(200);
      },
    };
    const { deliver } = stand(() => answer(200), { transport });
    await deliver([batchOf("logs", "a"), batchOf("logs", "b")]);
    await deliver([batchOf("logs", ...numbered(50, "a")), batchOf("logs", "b")]);
    await deliver([batchOf("logs", "a")]);
    await deliver([batchOf("logs", ...numbered(50, "a"))]);
    const encodings = requests.map(({ headers }) => headers["content-encoding"]);
    expect(encodings).toEqual([undefined, "gzip", undefined, "gzip"]);
  });
});

describe("a batch that is half settled", () => {
  it("goes back without what was delivered and without what is bad, and nothing is delivered twice", async () => {
    let posts = 0;
    const delivered: string[] = [];
    const stand = createFlushStand({
      transport: {
        post: async (request) => {
          posts += 1;
          const items = await itemsOf(request);
          if (posts > 4 && posts < 8) return answer(503);
          if (items.includes("item13")) return answer(400);
          delivered.push(...items);
          return answer(200);
        },
      },
    });
    const names = numbered(64, "item");
    await stand.accept("logs", { names });
    expect(await stand.drain()).toBe(true);
    expect(delivered.sort()).toEqual(names.filter((name) => name !== "item13").sort());
    expect(await stand.parkedItems()).toEqual(["item13"]);
  });
});

describe("a batch that is not a request at all", () => {
  it("is parked as a whole, and its neighbours are delivered once", async () => {
    const { deliver, sent } = stand((items) => answer(items.includes("?") ? 400 : 200));
    const garbage = Buffer.from("this was never protobuf ............", "latin1");
    const broken: Batch = { ...batchOf("logs"), items: 5, bytes: garbage.length, payload: garbage };
    const outcomes = await deliver([batchOf("logs", "a"), broken, batchOf("logs", "b")]);
    expect(outcomes).toMatchObject([
      { kind: "delivered" },
      { kind: "rejected", reason: "rejected" },
      { kind: "delivered" },
    ]);
    expect(
      sent
        .filter((items) => !items.includes("?"))
        .flat()
        .sort(),
    ).toEqual(["a", "b"]);
  });
});

describe("createDeliver() in order", () => {
  /** Rounds until everything is settled, as a drain makes them: what stays comes again, with what is behind it. */
  async function rounds(judge: (items: string[]) => TransportAnswer, given: { readonly limits?: object } = {}) {
    const { deliver, sent, clock } = stand(judge, given.limits);
    const lanes = ["x", "y"].map((shard) => [1, 2, 3, 4].map((number) => batchOf("metrics", `${shard}${number}`)));
    const settled: string[] = [];
    for (let round = 0; round < 60 && lanes.some((lane) => lane.length > 0); round++) {
      const batches = lanes.flat();
      const shards = new Map(lanes.flatMap((lane, at) => lane.map((batch) => [batch, String(at)] as const)));
      const answers = await deliver(batches, { shards });
      const outcomes = new Map(batches.map((batch, at) => [batch, answers[at]]));
      for (const lane of lanes) {
        const kept = lane.findIndex((batch) => outcomes.get(batch)?.kind === "retry");
        const done = lane.slice(0, kept < 0 ? lane.length : kept);
        for (const batch of lane.slice(done.length)) expect(outcomes.get(batch)?.kind).toBe("retry");
        for (const batch of lane.splice(0, done.length)) {
          settled.push(`${itemNames(batch.payload, "metrics")[0]} ${outcomes.get(batch)?.kind}`);
        }
      }
      clock.advance(61_000);
    }
    return { settled, sent };
  }

  it("merges what follows in a shard", async () => {
    const { sent } = await rounds(() => answer(200));
    expect(sent).toEqual([["x1", "x2", "x3", "x4", "y1", "y2", "y3", "y4"]]);
  });

  it("sends what one export has no room for afterwards", async () => {
    const { sent } = await rounds(() => answer(200), { limits: { maxExportItems: 3, concurrency: 4 } });
    // The first two travel at once, in either order.
    const [one = [], other = [], ...afterwards] = sent;
    expect([one, other].toSorted()).toEqual([
      ["x1", "x2", "x3"],
      ["y1", "y2", "y3"],
    ]);
    expect(afterwards).toEqual([["x4", "y4"]]);
  });

  it("sends nothing behind what must wait, and holds back its shard alone", async () => {
    let failures = 6;
    const { settled, sent } = await rounds((items) => {
      if (items.includes("x2") && failures-- > 0) return answer(500);
      return items.includes("y3") ? answer(400) : answer(200);
    });
    const order = (shard: string) => settled.filter((each) => each.startsWith(shard));
    expect(order("x")).toEqual(["x1 delivered", "x2 delivered", "x3 delivered", "x4 delivered"]);
    expect(order("y")).toEqual(["y1 delivered", "y2 delivered", "y3 rejected", "y4 delivered"]);
    expect(sent.length).toBeLessThan(40);
  });

  it("never lets one overtake another, whatever the destination answers", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(200, 200, 200, 400, 500, 503, 413)), async (statuses) => {
        const left = [...statuses];
        const taken: string[] = [];
        const { settled } = await rounds((items) => {
          const status = left.shift() ?? 200;
          if (status === 200) taken.push(...items);
          return answer(status);
        });
        for (const shard of ["x", "y"]) {
          const own = taken.filter((item) => item.startsWith(shard));
          expect(own).toEqual(own.toSorted());
          expect(settled.filter((each) => each.startsWith(shard)).length).toBe(4);
        }
      }),
    ));
});
