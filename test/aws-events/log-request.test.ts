import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRecord } from "../../shared/aws-events/log-record.ts";
import { encodeLogRequest } from "../../shared/aws-events/log-request.ts";
import { severityOf } from "../../shared/aws-events/severity.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";

interface Decoded {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes?: readonly unknown[] };
    readonly scopeLogs: readonly {
      readonly scope?: { readonly name: string };
      readonly logRecords: readonly Record<string, unknown>[];
    }[];
  }[];
}

const decode = (bytes: Uint8Array) => decodeWithOracle(bytes, "logs") as unknown as Decoded;
const recordsOf = (bytes: Uint8Array) => decode(bytes).resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];

describe("encodeLogRequest()", () => {
  it("writes every field where OpenTelemetry's codec reads it", () => {
    const record: LogRecord = {
      time: { ms: 1_709_294_400_123, nanos: 456_789 },
      observed: { ms: 1_709_294_401_000 },
      severity: { number: 17, text: "ERROR" },
      body: "é",
      attributes: [
        { name: "text", value: "x" },
        { name: "whole", value: -5 },
        { name: "large", value: 134_217_728 },
        { name: "double", value: 1, isDouble: true },
        { name: "fraction", value: 0.5 },
        { name: "yes", value: true },
        { name: "list", value: ["a", "b"] },
      ],
      trace: { traceId: "65e1b2c30123456789abcdef01234567", spanId: "0123456789abcdef" },
      eventName: "lambda.report",
    };
    const bytes = encodeLogRequest([
      { resource: [{ name: "cloud.provider", value: "aws" }], scope: "aws/lambda", records: [record] },
    ]);
    expect(decode(bytes)).toEqual({
      resourceLogs: [
        {
          resource: { attributes: [{ key: "cloud.provider", value: { stringValue: "aws" } }] },
          scopeLogs: [
            {
              scope: { name: "aws/lambda" },
              logRecords: [
                {
                  timeUnixNano: "1709294400123456789",
                  observedTimeUnixNano: "1709294401000000000",
                  severityNumber: 17,
                  severityText: "ERROR",
                  body: { stringValue: "é" },
                  attributes: [
                    { key: "text", value: { stringValue: "x" } },
                    { key: "whole", value: { intValue: "-5" } },
                    { key: "large", value: { intValue: "134217728" } },
                    { key: "double", value: { doubleValue: 1 } },
                    { key: "fraction", value: { doubleValue: 0.5 } },
                    { key: "yes", value: { boolValue: true } },
                    { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] } } },
                  ],
                  traceId: Buffer.from("65e1b2c30123456789abcdef01234567", "hex").toString("base64"),
                  spanId: Buffer.from("0123456789abcdef", "hex").toString("base64"),
                  eventName: "lambda.report",
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("has as many records as it is given, in order, whatever their bodies and times are", () => {
    const body = fc.oneof(fc.string({ unit: "grapheme", maxLength: 400 }), fc.constant("x".repeat(70_000)));
    const ms = fc.integer({ min: 0, max: 4_102_444_800_000 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ body, ms, nanos: fc.nat(999_999) }), { minLength: 1, maxLength: 20 }),
        (items) => {
          const records = items.map((item) => ({
            body: item.body,
            time: { ms: item.ms, nanos: item.nanos },
            attributes: [],
          }));
          const read = recordsOf(encodeLogRequest([{ resource: [], records }]));
          expect(
            read.map((record) => [(record.body as { stringValue: string }).stringValue, record.timeUnixNano]),
          ).toEqual(items.map((item) => [item.body, String(BigInt(item.ms) * 1_000_000n + BigInt(item.nanos))]));
        },
      ),
    );
  });

  it("writes any whole number as an int64", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const records = [{ body: "", attributes: [{ name: "n", value }] }];
        const [record] = recordsOf(encodeLogRequest([{ resource: [], records }]));
        expect(record?.attributes).toEqual([{ key: "n", value: { intValue: String(value) } }]);
      }),
    );
  });

  it.each([Number.NaN, -1, 1e300])("leaves a time of %d out", (ms) => {
    const [record] = recordsOf(
      encodeLogRequest([{ resource: [], records: [{ body: "", attributes: [], time: { ms } }] }]),
    );
    expect(record).not.toHaveProperty("timeUnixNano");
  });

  it("is empty without records", () => {
    expect(encodeLogRequest([{ resource: [{ name: "a", value: "b" }], records: [] }])).toHaveLength(0);
  });
});

describe("severityOf()", () => {
  it.each([
    ["INFO", 9],
    ["Warning", 13],
    ["error", 17],
    ["FATAL", 21],
  ])("knows %s", (word, number) => {
    expect(severityOf(word)).toEqual({ number, text: word });
  });

  it("does not guess", () => {
    expect(severityOf("OK")).toBeUndefined();
    expect(severityOf("constructor")).toBeUndefined();
  });
});
