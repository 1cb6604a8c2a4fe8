import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelSet } from "../../shared/loki/labels.ts";
import { createToOtlp } from "../../shared/loki/to-otlp.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";

function records(bytes: Uint8Array): readonly Record<string, unknown>[] {
  const { resourceLogs } = decodeWithOracle(bytes, "logs") as {
    resourceLogs: { scopeLogs: { logRecords: Record<string, unknown>[] }[] }[];
  };
  return resourceLogs[0]?.scopeLogs[0]?.logRecords ?? [];
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

describe("createToOtlp()", () => {
  it("makes the line the body and labels and metadata attributes, with Alloy's hints", () => {
    const labels = labelSet([
      ["filename", "/var/log/a.log"],
      ["job", "x"],
    ]);
    const entry = { labels, timeUnixNano: 5n, line: "é", metadata: [{ name: "trace", value: "ab" }] };
    expect(records(createToOtlp()([entry], 7n))).toMatchObject([
      {
        body: { stringValue: "é" },
        attributes: [
          text("log.file.path", "/var/log/a.log"),
          text("log.file.name", "a.log"),
          text("filename", "/var/log/a.log"),
          text("job", "x"),
          text("loki.attribute.labels", "filename,job"),
          text("trace", "ab"),
        ],
      },
    ]);
  });

  it("writes what OpenTelemetry's codec reads, whatever the lines are", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 300 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const entries = lines.map((each) => ({
          labels: labelSet([["a", each]]),
          timeUnixNano: 1n,
          line: each,
          metadata: [],
        }));
        const read = records(createToOtlp()(entries, 2n));
        expect(read.map(({ body }) => (body as { stringValue: string }).stringValue)).toEqual(lines);
      }),
    );
  });
});
