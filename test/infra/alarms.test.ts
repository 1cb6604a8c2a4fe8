import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createEmf } from "../../shared/telemetry/emf.ts";
import { type MetricName, metricTable } from "../../shared/telemetry/metrics/metric-table.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";
import { everything, type Packaged, packagedProd } from "../support/infra/sls.ts";
import { type Properties, resolveTemplate, resourcesOf, withParameters } from "../support/infra/template.ts";

let packaged: Packaged;
let alarms: readonly Properties[];
let dashboard: { widgets: readonly { properties: { metrics: readonly unknown[][] } }[] };

beforeAll(async () => {
  packaged = await packagedProd();
  const template = resolveTemplate(packaged.template);
  alarms = Object.values(resourcesOf(template, "AWS::CloudWatch::Alarm"));
  dashboard = JSON.parse(template.Resources.Dashboard?.Properties.DashboardBody);
});

const runbook = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** Names that reach CloudWatch: everything that can be counted, written as the functions write it. */
function publishedNames(): ReadonlySet<unknown> {
  const metrics = createMetrics();
  const emf = createEmf({ stage: "prod" });
  for (const name of metricNames)
    metrics.record(name, Object.fromEntries(metricTable[name].labels.map((label) => [label, "x"])) as never, 1);
  const lines = emf(metrics.snapshot(), 0).map((line) => JSON.parse(line));
  return new Set(
    lines.flatMap(({ _aws }) => _aws.CloudWatchMetrics[0].Metrics.map(({ Name }: { Name: string }) => Name)),
  );
}

const metricNames = Object.keys(metricTable) as MetricName[];
const names = publishedNames();

describe("alarms", () => {
  it("are these", () => {
    expect(alarms.map(({ AlarmName }) => AlarmName).toSorted()).toEqual(
      [
        "logs-errors",
        "logs-failed",
        "logs-lost",
        "dead-letters",
        "queue-age",
        "ingest-errors",
        "ingest-throttles",
        "load-balancer-refuses",
        "load-balancer-fails",
        "ingest-unavailable",
        "flush-failing",
        "destination-refuses",
        "delivery-behind",
        "firehose-errors",
        "metric-stream-age",
        "metric-stream-undelivered",
      ]
        .map((name) => `sluice-prod-${name}`)
        .toSorted(),
    );
  });

  it("have a section each in the runbook, and say so", () => {
    for (const { AlarmName, AlarmDescription } of alarms) {
      const name = AlarmName.replace("sluice-prod-", "");
      expect(AlarmDescription).toMatch(new RegExp(`Runbook: docs/operations.md#${name}$`));
      expect(runbook).toContain(`\n### ${name}\n`);
    }
  });

  it("tell the topic that was named, and nobody when none was", () => {
    for (const alarm of alarms) {
      expect(alarm.AlarmActions).toEqual([everything.alarmTopicArn]);
      expect(alarm.OKActions).toEqual([everything.alarmTopicArn]);
    }
    const silent = resolveTemplate(withParameters(packaged.template, { AlarmTopicArn: "" }));
    for (const alarm of Object.values(resourcesOf(silent, "AWS::CloudWatch::Alarm"))) {
      expect(alarm).not.toHaveProperty("AlarmActions");
    }
  });

  it("are silent without traffic", () => {
    for (const { TreatMissingData } of alarms) expect(TreatMissingData).toBe("notBreaching");
  });

  it("wake somebody for a single dead letter", () => {
    const alarm = alarms.find(({ AlarmName }) => AlarmName.endsWith("dead-letters"));
    expect(alarm).toMatchObject({ Threshold: 0, ComparisonOperator: "GreaterThanThreshold", EvaluationPeriods: 1 });
    expect(alarm?.Dimensions).toEqual([{ Name: "QueueName", Value: "DeadLetterQueue.QueueName" }]);
  });

  it("ask for metrics that Sluice writes", () => {
    const metrics = alarms.flatMap(({ Namespace, MetricName, Dimensions, Metrics = [] }) => [
      { Namespace, MetricName, Dimensions },
      ...Metrics.map(({ MetricStat }: Properties) => MetricStat?.Metric ?? {}),
    ]);
    const own = metrics.filter(({ Namespace }) => Namespace === "Sluice");
    expect(own.length).toBeGreaterThan(5);
    for (const { MetricName, Dimensions } of own) {
      expect(names).toContain(MetricName);
      expect(Dimensions).toEqual([{ Name: "stage", Value: "prod" }]);
    }
  });
});

describe("dashboard", () => {
  it("shows metrics that Sluice writes", () => {
    let namespace: unknown;
    for (const metric of dashboard.widgets.flatMap(({ properties }) => properties.metrics)) {
      if (typeof metric[0] === "string" && metric[0] !== "." && metric[0] !== "...") namespace = metric[0];
      if (namespace === "Sluice" && typeof metric[1] === "string" && metric[0] !== "...") {
        expect(names).toContain(metric[1]);
      }
    }
  });
});
