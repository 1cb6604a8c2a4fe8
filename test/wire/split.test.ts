import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { merge } from "../../shared/wire/merge.ts";
import { scan } from "../../shared/wire/scan.ts";
import { type SplitLimits, split } from "../../shared/wire/split.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";
import { asCollectorWrites, leavesOf, lengthDelimited, rearrange } from "../support/otlp/wire-tree.ts";

const resource = lengthDelimited(1, lengthDelimited(1, lengthDelimited(1, text("resource"))));
const scope = lengthDelimited(1, lengthDelimited(1, text("scope")));
const schemaUrl = lengthDelimited(3, text("urn:schema"));
const unknown = lengthDelimited(100, text("unknown"));

describe("split()", () => {
  it("returns a request within its limits as it is", async () => {
    const { protobuf, items } = await corpusCase("logs", "small");
    const { parts, tooLarge } = split(protobuf, signals.logs.request, { maxBytes: protobuf.length, maxItems: items });
    expect(parts).toEqual([{ bytes: protobuf, items }]);
    expect(parts[0]?.bytes).toBe(protobuf);
    expect(tooLarge).toEqual([]);
  });

  it.each(signalNames)("cuts %s of real SDKs so that the parts decode to the same items", async (name) => {
    const { protobuf } = await corpusCase(name, "typical");
    for (const limits of [{ maxBytes: 60_000 }, { maxBytes: 2500 }, { maxBytes: 1e9, maxItems: 100 }]) {
      const { parts, tooLarge } = split(protobuf, signals[name].request, limits);
      expect(tooLarge).toEqual([]);
      expect(parts.length).toBeGreaterThan(3);
      const merged = merge(parts.map((part) => part.bytes));
      expect(decodedLeaves(merged, name)).toEqual(decodedLeaves(protobuf, name));
    }
  });

  it.each(signalNames)("cuts %s into single items", async (name) => {
    const { protobuf, items } = await corpusCase(name, "typical");
    const { parts } = holds(protobuf, name, { maxBytes: 100_000, maxItems: 1 });
    expect(parts).toHaveLength(items);
  });

  it.each(signalNames)("repeats what stands behind the children of %s, as the Collector writes", async (name) => {
    const { protobuf } = await corpusCase(name, "typical");
    const reversed = rearrange(protobuf, signals[name].request, asCollectorWrites);
    const { parts } = holds(reversed, name, { maxBytes: 20_000 });
    expect(parts.length).toBeGreaterThan(10);
  });

  it("repeats the headers of every level, unknown fields and all, and cuts the deprecated field 1000", () => {
    const points = [numberPoint(1), numberPoint(2)];
    const sum = lengthDelimited(7, concat(...points, bytes("1002"), bytes("1801"), unknown));
    const metric = lengthDelimited(
      2,
      concat(lengthDelimited(1, text("m")), sum, lengthDelimited(3, text("By")), unknown),
    );
    const inner = concat(metric, scope, schemaUrl, unknown);
    const body = concat(
      lengthDelimited(1, concat(lengthDelimited(1000, inner), resource, schemaUrl, unknown)),
      unknown,
    );
    const { parts } = holds(body, "metrics", { maxBytes: body.length - 1 });
    expect(parts.map((part) => part.items)).toEqual([1, 1]);
    for (const part of parts) {
      const found = Buffer.from(part.bytes);
      for (const header of [resource, scope, schemaUrl, bytes("1801"), text("By")])
        expect(found.includes(Buffer.from(header))).toBe(true);
      expect(found.toString("latin1").split("unknown")).toHaveLength(6);
    }
  });

  it("keeps what is absent absent, and containers without items in one part", () => {
    const empty = lengthDelimited(1, new Uint8Array(0));
    const noSpans = lengthDelimited(
      1,
      concat(resource, lengthDelimited(2, scope), lengthDelimited(2, new Uint8Array(0))),
    );
    const full = lengthDelimited(1, lengthDelimited(2, concat(span(40), span(40), span(40))));
    holds(concat(empty, noSpans, full, empty), "traces", { maxBytes: 60 });
    holds(concat(empty, noSpans, full, empty), "traces", { maxBytes: 48 });
    const { parts } = split(concat(full, full), signals.traces.request, { maxBytes: 60 });
    expect(parts.map((part) => Buffer.from(part.bytes).toString("hex").slice(0, 8))).toEqual(
      new Array(6).fill("0a2e122c"),
    );
  });

  it("fills every part to the last byte, whatever its lengths take", () => {
    const body = lengthDelimited(1, concat(resource, lengthDelimited(2, concat(scope, repeat(span(0), 20_000)))));
    for (const maxBytes of [160, 161, 16_410, 16_411, 16_412, 16_413]) {
      const { parts } = holds(body, "traces", { maxBytes });
      const shortest = Math.min(...parts.slice(0, -1).map((part) => part.bytes.length));
      // One more item takes two bytes, and another one for each length that grows with it.
      expect(maxBytes - shortest).toBeLessThan(4);
    }
  });

  it("reports an item that alone is too large, and what a request with it would take", () => {
    const body = lengthDelimited(1, concat(resource, lengthDelimited(2, concat(scope, span(10), span(300), span(20)))));
    const { parts, tooLarge } = split(body, signals.traces.request, { maxBytes: 200 });
    expect(parts.map((part) => part.items)).toEqual([2]);
    const [report] = tooLarge;
    expect(tooLarge).toEqual([{ items: 1, bytes: report?.bytes, path: "resource_spans[0].scope_spans[0].spans[1]" }]);
    expect(split(body, signals.traces.request, { maxBytes: report?.bytes ?? 0, maxItems: 1 }).tooLarge).toEqual([]);
    expect(split(body, signals.traces.request, { maxBytes: (report?.bytes ?? 0) - 1 }).tooLarge).toHaveLength(1);
  });

  it("reports everything below headers that leave no room", () => {
    const big = lengthDelimited(1, lengthDelimited(1, lengthDelimited(1, new Uint8Array(500))));
    const one = lengthDelimited(
      1,
      concat(lengthDelimited(2, concat(span(10), span(10))), lengthDelimited(2, span(10)), big),
    );
    const two = lengthDelimited(1, concat(resource, lengthDelimited(2, span(10))));
    const { parts, tooLarge } = split(concat(one, two), signals.traces.request, { maxBytes: 400 });
    expect(parts).toEqual([{ bytes: Uint8Array.from(two), items: 1 }]);
    expect(tooLarge).toEqual([{ items: 3, bytes: one.length, path: "resource_spans[0]" }]);
  });

  it("never cuts a metric with several members, whose order decides which points count", () => {
    const gauge = lengthDelimited(5, concat(numberPoint(1), numberPoint(2)));
    const metric = lengthDelimited(2, concat(gauge, gauge));
    const body = lengthDelimited(1, lengthDelimited(2, concat(metric, lengthDelimited(2, gauge))));
    const { parts, tooLarge } = split(body, signals.metrics.request, { maxBytes: 1000, maxItems: 1 });
    expect(parts.map((part) => part.items)).toEqual([1, 1]);
    expect(tooLarge).toMatchObject([{ items: 4, path: "resource_metrics[0].scope_metrics[0].metrics[0]" }]);
  });

  it("ends when repeated headers would multiply a request beyond the limit, and reports the rest", () => {
    const big = lengthDelimited(1, lengthDelimited(1, lengthDelimited(1, new Uint8Array(1_000_000))));
    const spans = Array.from({ length: 10_000 }, () => span(30));
    const body = lengthDelimited(1, concat(big, lengthDelimited(2, concat(...spans))));
    const { parts, tooLarge } = split(body, signals.traces.request, { maxBytes: 1_000_200 });
    const total = parts.reduce((sum, part) => sum + part.bytes.length, 0);
    expect(total).toBeLessThanOrEqual(4 * body.length + 64 * 2 ** 20);
    expect(tooLarge).toHaveLength(1);
    expect(itemsOf(parts) + itemsOf(tooLarge)).toBe(10_000);
  });

  it("names the first thousand items that do not fit, and adds up the others", () => {
    const header = lengthDelimited(1, lengthDelimited(1, lengthDelimited(1, new Uint8Array(1000))));
    const body = lengthDelimited(1, concat(header, lengthDelimited(2, repeat(span(20), 50_000))));
    const { parts, tooLarge } = split(body, signals.traces.request, { maxBytes: 1030 });
    expect(parts).toEqual([]);
    expect(tooLarge).toHaveLength(1001);
    expect(tooLarge.at(-1)).toMatchObject({ items: 49_000, path: "" });
  });

  it.each<[string, Uint8Array]>([
    ["100 000 tiny items", lengthDelimited(1, lengthDelimited(2, repeat(span(0), 100_000)))],
    ["100 000 resources", repeat(lengthDelimited(1, concat(resource, lengthDelimited(2, span(2)))), 100_000)],
    [
      "100 000 scopes",
      lengthDelimited(1, concat(repeat(lengthDelimited(2, concat(scope, span(2))), 100_000), resource)),
    ],
    ["a million empty resources", repeat(lengthDelimited(1, new Uint8Array(0)), 1_000_000)],
    ["headers between all items", lengthDelimited(1, lengthDelimited(2, repeat(concat(span(1), unknown), 100_000)))],
  ])("takes linear time for %s", (_, body) => {
    const start = performance.now();
    const whole = scan(body, signals.traces.request);
    for (const limits of [
      { maxBytes: body.length, maxItems: 1 },
      { maxBytes: 1000 },
      { maxBytes: body.length / 2 + 9 },
    ]) {
      const { parts, tooLarge } = split(body, signals.traces.request, limits);
      expect(itemsOf(parts) + itemsOf(tooLarge)).toBe(whole.kind === "scanned" && whole.items);
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

/** Splits and checks what every split promises; `leavesOf` tells the same headers around the same items in order. */
function holds(body: Uint8Array, name: SignalName, limits: SplitLimits) {
  const result = split(body, signals[name].request, limits);
  expect(result.tooLarge).toEqual([]);
  for (const { bytes: part, items } of result.parts) {
    expect(part.length).toBeLessThanOrEqual(limits.maxBytes);
    expect(scan(part, signals[name].request)).toEqual({ kind: "scanned", items });
  }
  const leaves = result.parts.flatMap((part) => leavesOf(part.bytes, signals[name]));
  expect(leaves).toEqual(leavesOf(body, signals[name]));
  return result;
}

/** Items as the oracle decodes them, each with everything around it. */
function decodedLeaves(body: Uint8Array, name: SignalName): string[] {
  const lists = ["resourceSpans", "scopeSpans", "spans", "resourceMetrics", "scopeMetrics", "metrics"];
  const holders = [...lists, "resourceLogs", "scopeLogs", "logRecords", "gauge", "sum", "histogram"];
  const cut = new Set([...holders, "exponentialHistogram", "summary", "dataPoints"]);
  function visit(value: object, around: string): string[] {
    const own = Object.entries(value);
    const header = `${around}/${JSON.stringify(own.filter(([key]) => !cut.has(key)))}`;
    const children = own
      .filter(([key]) => cut.has(key))
      .flatMap(([key, child]) => [child].flat().map((one) => [key, one]));
    if (children.length === 0) return [header];
    return children.flatMap(([key, child]) => visit(child, `${header}/${key}`));
  }
  return visit(decodeWithOracle(body, name), "");
}

function span(nameLength: number): Uint8Array {
  return lengthDelimited(2, nameLength === 0 ? new Uint8Array(0) : lengthDelimited(5, new Uint8Array(nameLength)));
}

function numberPoint(value: number): Uint8Array {
  return lengthDelimited(1, bytes(`31${value.toString(16).padStart(2, "0")}00000000000000`));
}

function itemsOf(parts: readonly { readonly items: number }[]): number {
  return parts.reduce((sum, part) => sum + part.items, 0);
}

function repeat(part: Uint8Array, times: number): Uint8Array {
  return Buffer.alloc(part.length * times, part);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function text(value: string): Uint8Array {
  return Buffer.from(value);
}

function bytes(value: string): Uint8Array {
  return Buffer.from(value, "hex");
}
