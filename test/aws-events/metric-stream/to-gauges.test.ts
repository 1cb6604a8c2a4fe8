import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJson } from "../../../shared/aws-events/metric-stream/from-json.ts";
import { readFrames } from "../../../shared/aws-events/metric-stream/read-frames.ts";
import { readJson } from "../../../shared/aws-events/metric-stream/read-json.ts";
import { type AsGauges, toGauges } from "../../../shared/aws-events/metric-stream/to-gauges.ts";
import { merge } from "../../../shared/wire/merge.ts";
import { gaugesOf, metricsOf, resourcesOf, streamedRequest } from "../../support/firehose/metric-stream.ts";
import { recordsOf } from "../../support/firehose/vectors.ts";
import { arbitraryRequest } from "../../support/otlp/arbitrary-request.ts";

const maxBytes = 64 * 1_048_576;

function bytesOf(result: AsGauges | { kind: "too-large" }): Uint8Array {
  if (result.kind !== "gauges") throw new Error("too large");
  return result.bytes;
}

const requestOf = (name: string) => merge(recordsOf(name).flatMap((record) => readFrames(record).requests));

describe("toGauges()", () => {
  it("makes a gauge of every statistic, with dimensions, account and region as attributes", () => {
    const gauges = gaugesOf(bytesOf(toGauges(requestOf("ms-otel10-three-messages-mixed-length"), maxBytes)));
    const cpu = gauges.filter(({ name }) => name.startsWith("aws_ec2_cpuutilization_"));
    expect(
      Object.fromEntries(cpu.map(({ name, value }) => [name.slice("aws_ec2_cpuutilization_".length), value])),
    ).toEqual({
      average: 12,
      sum: 60,
      sample_count: 5,
      minimum: 4,
      maximum: 30,
      p99: 29.5,
    });
    expect(cpu[0]).toMatchObject({
      unit: "%",
      labels: {
        Namespace: "AWS/EC2",
        MetricName: "CPUUtilization",
        dimension_InstanceId: "i-0123456789abcdef0",
        account_id: "123456789012",
        region: "us-east-1",
      },
      period: ["1709294400000000000", "1709294460000000000"],
    });
    expect(gauges.find(({ name }) => name === "aws_dynamodb_consumed_read_capacity_units_sum")).toMatchObject({
      value: 2,
      unit: "",
    });
  });

  it("makes nothing of an average where nothing was counted", () => {
    const request = streamedRequest([{ namespace: "My/App", name: "Idle", count: 0, sum: 0 }]);
    const names = gaugesOf(bytesOf(toGauges(request, maxBytes))).map(({ name }) => name);
    expect(names).toEqual(["aws_my_app_idle_sum", "aws_my_app_idle_sample_count"]);
  });

  it("makes valid requests of all that are valid, and no summary is left", () => {
    fc.assert(
      fc.property(arbitraryRequest("metrics"), (request) => {
        const bytes = bytesOf(toGauges(request, maxBytes));
        expect(metricsOf(bytes).every(({ summary }) => summary === undefined || summary === null)).toBe(true);
      }),
    );
  });

  it("stops where more would come of it than may", () => {
    const request = streamedRequest([{ namespace: "AWS/EC2", name: "CPUUtilization", count: 5, sum: 60 }]);
    expect(toGauges(request, 300)).toEqual({ kind: "too-large" });
  });
});

describe("fromJson()", () => {
  it("makes the same gauges of JSON: units of UCUM, percentiles and trimmed means as they are, zeros too", () => {
    const [record] = recordsOf("ms-json-two-lines");
    const { data, refused } = readJson(Buffer.from(record ?? []).toString());
    expect([data.length, refused]).toEqual([2, []]);
    const bytes = bytesOf(fromJson(data, maxBytes));
    const gauges = gaugesOf(bytes);
    const values = Object.fromEntries(gauges.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      aws_ec2_volume_read_ops_average: 7,
      aws_ec2_volume_read_ops_p99: 14.62,
      aws_ec2_volume_read_ops_p99_9: 14.962,
      aws_ec2_volume_read_ops_tm_25_75: 6.5,
      aws_sqs_number_of_messages_sent_average: 0,
      aws_sqs_number_of_messages_sent_sum: 0,
    });
    expect(new Set(gauges.map(({ unit }) => unit))).toEqual(new Set(["s", "{Count}"]));
    expect(gauges[0]?.labels).toMatchObject({ dimension_InstanceId: "i-0123456789abcdef0", region: "us-east-1" });
    expect(gauges[0]?.period).toEqual(["1709294400000000000", "1709294460000000000"]);
    expect(resourcesOf(bytes)).toMatchObject([
      { "aws.exporter.arn": "arn:aws:cloudwatch:us-east-1:123456789012:metric-stream/ms-test" },
    ]);
  });

  it.each([
    ["{", "not a JSON object"],
    ["[]", "not a JSON object"],
    ['{"metric_name":"a","timestamp":1}', "no value"],
    ['{"metric_name":"a","timestamp":1,"value":{"count":1}}', "no count or no sum"],
    ['{"metric_name":"a","timestamp":"1","value":{"count":1,"sum":1}}', "not a number of milliseconds"],
    ['{"metric_name":"a","timestamp":-1,"value":{"count":1,"sum":1}}', "not a number of milliseconds"],
    ['{"timestamp":1,"value":{"count":1,"sum":1}}', "no metric_name"],
  ])("refuses the line %s and keeps its neighbours", (line, message) => {
    const good = '{"metric_name":"a","timestamp":1,"value":{"count":1,"sum":1}}';
    const { data, refused } = readJson(`${good}\n${line}\n${good}\n`);
    expect(data).toHaveLength(2);
    expect(refused).toMatchObject([{ reason: "json", message: expect.stringContaining(message) }]);
  });
});
