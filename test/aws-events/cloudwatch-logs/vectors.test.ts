import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createOwnGroups } from "../../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { readLogsData } from "../../../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import { metricsOf, plain, readOptions, recordsOf } from "../../support/aws-events/logs-data.ts";

interface Case {
  readonly name: string;
  readonly input: {
    readonly lambda_event?: { readonly awslogs: { readonly data: string } };
    readonly body_utf8?: string;
  };
}

const file = join(import.meta.dirname, "../../fixtures/aws-logs.json");
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: readonly Case[] };

function read(name: string, ownGroups: readonly string[] = [], toGauges = false) {
  const input = cases.find((each) => each.name === name)?.input;
  const body = input?.body_utf8 === undefined ? undefined : JSON.parse(input.body_utf8);
  const texts: readonly string[] = body
    ? body.records.map(({ data }: { data: string }) => data)
    : [input?.lambda_event?.awslogs.data ?? ""];
  return texts.map((text) =>
    readLogsData(Buffer.from(text, "base64"), { ...readOptions, toGauges, isOwnGroup: createOwnGroups(ownGroups) }),
  );
}

const one = (name: string) => read(name)[0] ?? expect.fail(`there is no case ${name}`);

describe("readLogsData()", () => {
  it("drops a control message", () => {
    expect(one("cwl-control-message")).toEqual({
      requests: [],
      controlMessages: 1,
      ownEvents: 0,
      droppedPoints: 0,
      problems: [],
    });
  });

  it("drops and counts what the gateway wrote itself", () => {
    const [data] = read("cwl-own-group", ["/aws/lambda/telemetry-gateway"]);
    expect(data).toMatchObject({ requests: [], ownEvents: 1, problems: [] });
  });

  it("reads a report of a cold start, as a record and as metrics", () => {
    const data = one("cwl-lambda-report-cold");
    const [record] = recordsOf(data);
    expect(plain(record?.attributes)).toEqual({
      "log.record.uid": "36895300000000000000000000000000000000000000000000000000",
      "faas.invocation_id": "3f8a2b1c-0000-4000-8000-000000000001",
      "aws.lambda.duration_ms": 12.34,
      "aws.lambda.billed_duration_ms": 13,
      "aws.lambda.init_duration_ms": 245.67,
      "aws.lambda.memory_size_mb": 128,
      "aws.lambda.max_memory_used_mb": 76,
      "faas.max_memory": 134_217_728,
      "faas.coldstart": true,
    });
    expect(record).toMatchObject({
      timeUnixNano: "1709294400000000000",
      severityNumber: 9,
      eventName: "platform.report",
      traceId: Buffer.from("65e1b2c30123456789abcdef01234567", "hex").toString("base64"),
      spanId: Buffer.from("0123456789abcdef", "hex").toString("base64"),
    });
    expect(record?.resource).toEqual({
      "cloud.provider": "aws",
      "cloud.account.id": "123456789012",
      "cloud.region": "eu-west-1",
      "aws.log.group.names": ["/aws/lambda/shop"],
      "aws.log.stream.names": ["2024/03/01/[$LATEST]0123456789abcdef0123456789abcdef"],
      "cloud.platform": "aws_lambda",
      "service.name": "shop",
      "faas.name": "shop",
      "faas.version": "$LATEST",
      "faas.instance": "2024/03/01/[$LATEST]0123456789abcdef0123456789abcdef",
    });
    expect(metricsOf(data).map(({ name, unit, gauge }) => [name, unit, gauge?.dataPoints[0]?.asDouble])).toEqual([
      ["aws.lambda.duration", "s", 0.01234],
      ["aws.lambda.billed_duration", "s", 0.013],
      ["aws.lambda.init_duration", "s", 0.24567],
      ["aws.lambda.memory_size", "By", 134_217_728],
      ["aws.lambda.max_memory_used", "By", 79_691_776],
    ]);
  });

  it("reads a timeout as an error of its invocation", () => {
    const [record] = recordsOf(one("cwl-lambda-timeout"));
    expect(record?.severityText).toBe("ERROR");
    expect(plain(record?.attributes)).toMatchObject({ "faas.invocation_id": "3f8a2b1c-0000-4000-8000-000000000003" });
    expect(record?.timeUnixNano).toBe("1709294403000000000");
  });

  it("keeps a line with embedded metrics, and makes a summary for each metric and set of dimensions", () => {
    const data = one("cwl-emf-line");
    expect(recordsOf(data)).toHaveLength(1);
    const summaries = metricsOf(data).flatMap(({ name, unit, summary }) =>
      (summary?.dataPoints ?? []).map(({ count, sum, quantileValues, attributes, timeUnixNano }) => {
        const [min, max] = (quantileValues ?? []).map(({ value = 0 }) => value);
        return { name, unit, timeUnixNano, count: Number(count), sum, min, max, attributes: plain(attributes) };
      }),
    );
    const timeUnixNano = "1709294400123000000";
    const latency = { name: "Latency", unit: "ms", timeUnixNano, count: 2, sum: 40, min: 10, max: 30 };
    const hits = { name: "Hits", unit: "{Count}", timeUnixNano, count: 1, sum: 2, min: 2, max: 2 };
    const narrow = { Namespace: "Shop", Service: "cart" };
    const wide = { ...narrow, Route: "/a" };
    expect(summaries).toEqual([
      { ...latency, attributes: narrow },
      { ...latency, attributes: wide },
      { ...hits, attributes: narrow },
      { ...hits, attributes: wide },
    ]);
  });

  it("makes the gauges of embedded metrics that a metric stream of them becomes", () => {
    const [data] = read("cwl-emf-line", [], true);
    const gauges = (data ? metricsOf(data) : []).flatMap(({ name, unit, gauge }) =>
      (gauge?.dataPoints ?? []).map((point) => ({
        name,
        unit,
        value: point.asDouble,
        attributes: plain(point.attributes),
      })),
    );
    const common = { Namespace: "Shop", account_id: "123456789012", region: "eu-west-1", dimension_Service: "cart" };
    const latency = { ...common, MetricName: "Latency" };
    expect(gauges.filter(({ attributes }) => !("dimension_Route" in attributes))).toEqual([
      { name: "aws_shop_latency_average", unit: "ms", value: 20, attributes: latency },
      { name: "aws_shop_latency_sum", unit: "ms", value: 40, attributes: latency },
      { name: "aws_shop_latency_sample_count", unit: "{Count}", value: 2, attributes: latency },
      { name: "aws_shop_latency_minimum", unit: "ms", value: 10, attributes: latency },
      { name: "aws_shop_latency_maximum", unit: "ms", value: 30, attributes: latency },
      ...["average", "sum", "sample_count", "minimum", "maximum"].map((statistic) => ({
        name: `aws_shop_hits_${statistic}`,
        unit: "{Count}",
        value: statistic === "sample_count" ? 1 : 2,
        attributes: { ...common, MetricName: "Hits" },
      })),
    ]);
    expect(gauges.filter(({ attributes }) => attributes.dimension_Route === "/a")).toHaveLength(10);
  });

  it("makes no metric of one that the line has no value for", () => {
    const data = one("cwl-emf-missing-target");
    expect(recordsOf(data)).toHaveLength(1);
    expect(metricsOf(data)).toEqual([]);
    expect(data.problems).toEqual([]);
  });

  it("reads records of Firehose, and every member of a record", () => {
    for (const name of ["cwl-through-firehose", "cwl-through-firehose-two-members"]) {
      const data = read(name);
      expect(data.flatMap(recordsOf).map(({ body }) => body.stringValue)).toEqual(["a", "b"]);
      expect(data.flatMap(({ problems }) => problems)).toEqual([]);
    }
  });
});
