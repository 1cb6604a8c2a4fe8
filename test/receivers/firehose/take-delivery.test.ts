import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oldSchemaMessage } from "../../../shared/aws-events/metric-stream/read-frames.ts";
import { formats } from "../../../shared/batch/formats.ts";
import { convertRecord } from "../../../shared/receivers/firehose/convert-record.ts";
import type { Delivery } from "../../../shared/receivers/firehose/delivery.ts";
import { createTakeDelivery } from "../../../shared/receivers/firehose/take-delivery.ts";
import { scan } from "../../../shared/wire/scan.ts";
import { framed, gaugesOf, metricsOf, resourcesOf, streamedRequest } from "../../support/firehose/metric-stream.ts";
import { recordsOf } from "../../support/firehose/vectors.ts";
import { decodeWithOracle } from "../../support/otlp/oracle.ts";
import { createRecordingAccept } from "../../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../../support/record-events.ts";

const clock = { now: () => 1_709_294_461_000 };
const base: Delivery = {
  requestId: "r-1",
  sourceArn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/ds-1",
  origin: { account: "123456789012", region: "us-east-1" },
  attributes: new Map(),
  records: [],
  refused: [],
  headers: {},
};
const metric = framed([streamedRequest([{ namespace: "AWS/EC2", name: "CPUUtilization", count: 5, sum: 60 }])]);
const [old] = recordsOf("ms-otel07-detected");
const oldRecord = old ?? new Uint8Array();

async function take(
  records: readonly Uint8Array[],
  options: { toGauges?: boolean; withMetrics?: boolean; attributes?: [string, string][] } = {},
) {
  const { received, accept } = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const { toGauges = false, withMetrics = true, attributes = [] } = options;
  const takeDelivery = createTakeDelivery({
    accept,
    emit: recordEvents(events),
    clock,
    toGauges: () => toGauges,
    withMetrics: () => withMetrics,
  });
  const taken = await takeDelivery({ ...base, records, attributes: new Map(attributes) });
  return { taken, received, events };
}

interface DecodedLogs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly { readonly body: { readonly stringValue: string } }[];
    }[];
  }[];
}

function logsOf(bytes: Uint8Array = new Uint8Array()) {
  const { resourceLogs = [] } = decodeWithOracle(bytes, "logs") as Partial<DecodedLogs>;
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(({ body }) => ({ body: body.stringValue, keys: resource.attributes.map(({ key }) => key) })),
    ),
  );
}

describe("createTakeDelivery()", () => {
  it.each([
    [true, ["logs", "metrics"]],
    [false, ["logs"]],
  ])("makes metrics of Lambda's reports where it is told to: %s", async (withMetrics, signals) => {
    const message =
      "REPORT RequestId: 11111111-2222-3333-4444-555555555555\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB";
    const envelope = {
      messageType: "DATA_MESSAGE",
      owner: "123456789012",
      logGroup: "/aws/lambda/shop",
      logStream: "2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef",
      subscriptionFilters: ["all"],
      logEvents: [{ id: "1", timestamp: 1_790_000_000_000, message }],
    };
    const { received } = await take([Buffer.from(JSON.stringify(envelope))], { withMetrics });
    expect(received.map(({ format }) => format.replace("otlp/", "")).sort()).toEqual(signals);
  });

  it("reads a flow log that stands in a message of JSON, as its own line does", async () => {
    const line = "2 123456789012 eni-0a1b2c3d 10.0.0.1 10.0.0.2 443 55000 6 10 840 1709294400 1709294460 ACCEPT OK";
    const { received } = await take([Buffer.from(JSON.stringify({ message: line })), Buffer.from(line)]);
    const records = received.flatMap(
      ({ bytes }) =>
        (decodeWithOracle(bytes, "logs") as unknown as { resourceLogs: { scopeLogs: { logRecords: object[] }[] }[] })
          .resourceLogs,
    );
    const [wrapped, bare] = records
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap(({ logRecords }) => logRecords as { attributes?: unknown; timeUnixNano?: string }[]);
    expect(wrapped?.timeUnixNano).toBe("1709294400000000000");
    expect(wrapped?.attributes).toEqual(bare?.attributes);
  });

  it("makes one request of the metrics of all records, whatever stands between them", async () => {
    const { taken, received, events } = await take([
      metric,
      Buffer.from("a line\n"),
      metric,
      Buffer.of(0xff, 0xfe),
      metric,
    ]);
    expect(taken).toEqual({ kind: "taken" });
    expect(received.map(({ format, items }) => [format, items])).toEqual([
      ["otlp/metrics", 3],
      ["otlp/logs", 1],
    ]);
    expect(events.filter(({ name }) => name === "records.refused")).toMatchObject([{ fields: { records: 1 } }]);
  });

  it("passes metrics on as they came, or as gauges", async () => {
    const asSent = await take([metric]);
    expect(metricsOf(asSent.received[0]?.bytes ?? metric)).toMatchObject([
      { name: "amazonaws.com/AWS/EC2/CPUUtilization" },
    ]);
    const gauges = await take([metric], { toGauges: true });
    expect(gaugesOf(gauges.received[0]?.bytes ?? metric).map(({ name, value }) => [name, value])).toEqual([
      ["aws_ec2_cpuutilization_average", 12],
      ["aws_ec2_cpuutilization_sum", 60],
      ["aws_ec2_cpuutilization_sample_count", 5],
    ]);
  });

  it("decides the format for each record, since a stream may change it", async () => {
    const { received } = await take(recordsOf("ms-format-switch-in-batch"), { toGauges: true });
    const names = new Set(gaugesOf(received[0]?.bytes ?? metric).map(({ name }) => name));
    expect([...names]).toEqual(
      expect.arrayContaining(["aws_ec2_volume_read_ops_average", "aws_dynamodb_consumed_read_capacity_units_sum"]),
    );
    expect(received).toHaveLength(1);
  });

  it("adds the common attributes of the stream to every resource", async () => {
    const { received } = await take([metric, Buffer.from("a")], { attributes: [["team", "web"]] });
    expect(resourcesOf(received[0]?.bytes ?? metric)).toMatchObject([{ team: "web", "cloud.region": "us-east-1" }]);
    expect(logsOf(received[1]?.bytes)[0]?.keys).toContain("team");
  });

  it("refuses a request of OpenTelemetry 0.7 alone, and keeps its neighbours where there are any", async () => {
    const alone = await take([oldRecord, oldRecord]);
    expect(alone.taken).toEqual({ kind: "refused", reason: "opentelemetry-0.7", message: oldSchemaMessage });
    const beside = await take([oldRecord, metric]);
    expect([beside.taken.kind, beside.received.length]).toEqual(["taken", 1]);
    expect(beside.events).toMatchObject([
      { name: "request.accepted" },
      { fields: { reason: "opentelemetry-0.7", records: 1 } },
    ]);
  });

  it.each(["cwl-through-firehose", "cwl-through-firehose-two-members"])("reads the envelopes of %s", async (name) => {
    const { received } = await take(recordsOf(name));
    const logs = logsOf(received[0]?.bytes);
    expect(logs.map(({ body }) => body)).toEqual(["a", "b"]);
    expect(logs[0]?.keys).toEqual(expect.arrayContaining(["cloud.region", "aws.log.group.names"]));
  });

  it("makes a log record of each line of anything else", async () => {
    const { received } = await take([
      Buffer.from('{"action":"BLOCK"}\r\n{"action":"ALLOW"}\n'),
      Buffer.from("2 123 eni-1\n"),
    ]);
    expect(logsOf(received[0]?.bytes).map(({ body }) => body)).toEqual([
      '{"action":"BLOCK"}',
      '{"action":"ALLOW"}',
      "2 123 eni-1",
    ]);
  });

  it("takes text for text that a reader of protobuf would take for fields that nobody knows", async () => {
    const { received } = await take([Buffer.from(`${"x".repeat(121)}`)]);
    expect(received).toMatchObject([{ format: "otlp/logs", items: 1 }]);
  });

  it("refuses a record that inflates to more than may be held, and takes no second for it", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576));
    const started = performance.now();
    const { events } = await take([bomb, metric]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(events.filter(({ name }) => name === "records.refused")).toMatchObject([
      { fields: { reason: "too-large" } },
    ]);
  });

  it("hands a large request on in parts, so that memory is bounded", async () => {
    const line = Buffer.from(`${"x".repeat(1000)}\n`.repeat(900));
    const { received } = await take(Array.from({ length: 30 }, () => line));
    expect(received.length).toBeGreaterThan(2);
    expect(received.reduce((sum, { items }) => sum + items, 0)).toBe(27_000);
  });
});

describe("convertRecord()", () => {
  const options = { ...base, attributes: [], observedMs: clock.now(), isOwnGroup: () => false };
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => gzipSync(bytes)),
    fc.tuple(fc.constantFrom(metric, oldRecord), fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, value]) => {
      const changed = Buffer.from(bytes);
      changed[at % changed.length] = value;
      return changed;
    }),
    fc.json().map((json) => Buffer.from(json)),
    fc
      .tuple(fc.constantFrom("messageType", "metric_stream_name"), fc.json())
      .map(([key, json]) => Buffer.from(`{"${key}":${json}}`)),
  );

  it("never throws on hostile records, and what it makes is valid", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (record, toGauges) => {
        const { pieces } = convertRecord(record, { ...options, toGauges, withMetrics: true });
        for (const { bytes, signal, items } of pieces) {
          expect(scan(bytes, formats[`otlp/${signal}`].message)).toEqual({ kind: "scanned", items });
        }
      }),
      { numRuns: 500 },
    );
  });
});
