import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutFrames } from "../../../shared/aws-events/metric-stream/frames.ts";
import { oldSchemaMessage, readFrames } from "../../../shared/aws-events/metric-stream/read-frames.ts";
import { exportMetricsServiceRequest } from "../../../shared/otlp/schema.ts";
import { merge } from "../../../shared/wire/merge.ts";
import { scan } from "../../../shared/wire/scan.ts";
import { framed, metricsOf, streamedRequest } from "../../support/firehose/metric-stream.ts";
import { recordsOf } from "../../support/firehose/vectors.ts";
import { arbitraryRequest } from "../../support/otlp/arbitrary-request.ts";

const read = (name: string) => recordsOf(name).map((record) => readFrames(record));

const oneMetric = streamedRequest([{ namespace: "AWS/EC2", name: "CPUUtilization", count: 5, sum: 60 }]);
const messages = fc.array(
  fc.oneof(
    arbitraryRequest("metrics"),
    fc.nat({ max: 300 }).map((count) => many(count)),
  ),
  { maxLength: 5 },
);

function many(count: number): Uint8Array {
  return merge(Array.from({ length: count }, () => oneMetric).slice(0, 20));
}

describe("readFrames()", () => {
  it("reads each length at its own offset", () => {
    const [record] = read("ms-otel10-three-messages-mixed-length");
    expect(record).toMatchObject({ items: 4, refused: [] });
    expect(record?.requests.map(({ length }) => length)).toEqual([107, 432, 726]);
    expect(metricsOf(merge(record?.requests ?? [])).map(({ name }) => name)).toEqual([
      "amazonaws.com/X/M",
      "amazonaws.com/AWS/DynamoDB/ConsumedReadCapacityUnits",
      "amazonaws.com/AWS/EC2/CPUUtilization",
      "amazonaws.com/AWS/ApplicationELB/ProcessedBytes",
    ]);
  });

  it("keeps the whole messages before one that claims more than there is, and joins nothing with the next record", () => {
    const [first, second] = read("ms-otel10-overrun");
    expect([first?.requests.length, second?.requests.length, (first?.items ?? 0) + (second?.items ?? 0)]).toEqual([
      1, 1, 3,
    ]);
    expect(first?.refused).toMatchObject([{ reason: "framing", message: expect.stringMatching(/claims 726 bytes/) }]);
    expect(second?.refused).toEqual([]);
  });

  it("skips messages without content", () => {
    expect(read("ms-otel10-zero-length-frame")).toMatchObject([{ items: 1, refused: [] }]);
    expect(readFrames(new Uint8Array(1000))).toEqual({ requests: [], items: 0, refused: [] });
  });

  it("refuses OpenTelemetry 0.7 with a sentence that says what to choose", () => {
    const [record] = read("ms-otel07-detected");
    expect(record).toMatchObject({ requests: [], items: 0, refused: [{ reason: "opentelemetry-0.7" }] });
    expect(record?.refused[0]?.message).toBe(oldSchemaMessage);
    expect(oldSchemaMessage).toContain("choose OpenTelemetry 1.0");
  });

  it("keeps the neighbours of a message that is not a request", () => {
    const bad = Uint8Array.of(0x0a, 0x05, 1);
    const { requests, items, refused } = readFrames(framed([oneMetric, bad, oneMetric]));
    expect([requests.length, items]).toEqual([2, 2]);
    expect(refused).toEqual([
      { reason: "malformed", message: expect.stringMatching(/^Not an export request/), bytes: Buffer.from(bad) },
    ]);
  });

  it("gives back what was framed, whatever the requests are", () => {
    fc.assert(
      fc.property(messages, (requests) => {
        const full = requests.filter(({ length }) => length > 0);
        expect(cutFrames(framed(requests)).frames.map((each) => Buffer.from(each))).toEqual(
          full.map((each) => Buffer.from(each)),
        );
        const record = readFrames(framed(requests));
        const scanned = scan(merge(record.requests), exportMetricsServiceRequest);
        expect(scanned).toEqual({ kind: "scanned", items: record.items });
      }),
    );
  });

  it("keeps every whole message of a record that is cut at any byte, and the rest as it is", () => {
    fc.assert(
      fc.property(messages, fc.double({ min: 0, max: 1, noNaN: true }), (requests, share) => {
        const whole = framed(requests);
        const cut = whole.subarray(0, Math.floor(whole.length * share));
        const { frames, broken } = cutFrames(cut);
        const full = requests.filter(({ length }) => length > 0);
        expect(frames.map((each) => Buffer.from(each))).toEqual(
          full.slice(0, frames.length).map((each) => Buffer.from(each)),
        );
        const used = cut.length - (broken?.bytes.length ?? 0);
        expect(Buffer.from(broken?.bytes ?? [])).toEqual(Buffer.from(cut.subarray(used)));
        if (cut.length === whole.length) expect(broken).toBeUndefined();
      }),
    );
  });

  it("never throws, and what it takes is valid", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { requests, items } = readFrames(bytes);
        expect(scan(merge(requests), exportMetricsServiceRequest)).toEqual({ kind: "scanned", items });
      }),
    );
  });
});
