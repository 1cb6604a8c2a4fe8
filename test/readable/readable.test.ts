import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { readableLines, servicesOf } from "../../shared/readable/readable.ts";
import { signalNames } from "../../shared/signal.ts";
import { toJson } from "../../shared/wire/to-json.ts";
import { corpusCase } from "../support/otlp/corpus.ts";

const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
const timeUnixNano = "1700000000123456789";

function spanLine(span: object): string | undefined {
  return readableLines({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }, "traces")[0];
}

function pointLine(metric: object): string | undefined {
  return readableLines({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] }, "metrics")[0];
}

function logLine(record: object): string | undefined {
  return readableLines({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }, "logs")[0];
}

describe("readableLines()", () => {
  it("shows a span with kind, duration, status, trace, events, links and attributes", () => {
    const span = {
      traceId: "5b8efff798038103d269b633813fc60c",
      name: "GET /",
      kind: 2,
      startTimeUnixNano: timeUnixNano,
      endTimeUnixNano: "1700000000124690123",
      status: { code: 2, message: "no" },
      events: [{}],
      links: [{}, {}],
      attributes: [{ key: "a", value: { intValue: "1" } }],
    };
    expect(spanLine(span)).toBe(
      "22:13:20.123  span    shop            GET /  server  1.23ms  error: no  trace 5b8efff798038103d269b633813fc60c  1 event  2 links  a=1",
    );
  });

  it.each([
    [{ name: "m", unit: "By", gauge: { dataPoints: [{ timeUnixNano, asDouble: 1 / 3 }] } }, "m  gauge  0.333333 By"],
    [{ name: "m", unit: "1", sum: { dataPoints: [{ asInt: "9007199254740993" }] } }, "m  sum  9007199254740993"],
    [{ name: "m", histogram: { dataPoints: [{ count: "3", sum: 6, min: 1, max: 3 }] } }, "count=3 sum=6 min=1 max=3"],
    [{ name: "m", exponentialHistogram: { dataPoints: [{ count: "3" }] } }, "m  exponentialHistogram  count=3"],
    [
      { name: "m", summary: { dataPoints: [{ count: "2", sum: 3, quantileValues: [{ quantile: 0.99, value: 2 }] }] } },
      "m  summary  count=2 sum=3 p99=2",
    ],
  ])("shows a data point of every kind", (metric, expected) => {
    expect(pointLine(metric)).toContain(expected);
  });

  it.each([
    [{ severityText: "warn", body: { stringValue: "careful" } }, "WARN   careful"],
    [{ severityNumber: 17, body: { stringValue: "broken" } }, "ERROR  broken"],
    [{ severityNumber: 24, eventName: "crash" }, "FATAL  crash"],
    [
      { body: { kvlistValue: { values: [{ key: "k", value: { arrayValue: { values: [{ boolValue: true }] } } }] } } },
      "{k=[true]}",
    ],
    [{ body: { bytesValue: "AAAA" } }, "<3 bytes>"],
  ])("shows a log record", (record, expected) => {
    expect(logLine(record)).toContain(expected);
  });

  it("lets no sender draw on the terminal", () => {
    const line = logLine({ body: { stringValue: "\u001b[31mred\u001b[0m\nnext\u202eline" } });
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line).toContain("[31mred [0m next line");
  });

  it("bounds values, attributes and lines", () => {
    const attributes = Array.from({ length: 50 }, (_, at) => ({
      key: `k${at}`,
      value: { stringValue: "v".repeat(500) },
    }));
    expect(spanLine({ name: "n".repeat(1000), attributes })?.length).toBe(400);
    expect(
      spanLine({ name: "n", attributes: attributes.map(({ key }) => ({ key, value: { intValue: "1" } })) }),
    ).toContain("+38 attributes");
  });

  it.each([
    ["nothing", {}],
    [
      "wrong shapes",
      { resourceSpans: [null, { scopeSpans: "x" }, { scopeSpans: [{ spans: [{ name: 5, attributes: {} }] }] }] },
    ],
  ])("makes do with %s", (_, request) => {
    expect(readableLines(request, "traces").length).toBeLessThanOrEqual(1);
  });

  it("has a line for every item of real requests", async () => {
    for (const name of signalNames) {
      const { protobuf, items } = await corpusCase(name, "typical");
      const request = toJson(protobuf, signals[name].request);
      const lines = readableLines(request, name);
      expect(lines.length).toBe(items);
      expect(lines.every((line) => !line.includes("undefined") && !line.includes("{}"))).toBe(true);
    }
  });
});

describe("servicesOf()", () => {
  it("names each service once, and those without a name", () => {
    const resourceLogs = [{ resource }, { resource }, {}];
    expect(servicesOf({ resourceLogs }, "logs")).toEqual(["shop", "unknown_service"]);
  });

  it("indents the spans of a trace below their parents, and fits lines to the terminal, in colours", () => {
    const span = (spanId: string, parentSpanId: string) => ({ spanId, parentSpanId, name: `span ${spanId}` });
    const spans = [span("01", ""), span("02", "01"), span("03", "02"), span("04", "ff"), span("05", "05")];
    const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    const plain = readableLines(request, "traces", { columns: 80 });
    expect(plain.map((line) => /( *)span \d/.exec(line.slice(39))?.[1]?.length)).toEqual([0, 2, 4, 0, 16]);
    for (const line of plain) expect(line.length).toBeLessThanOrEqual(80);
    expect(readableLines(request, "traces", { columns: 60, color: true })[0]).toContain("\u001b[");
  });
});
