import { gzipSync } from "node:zlib";
import { createOwnGroups } from "../../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import type { LogsData, ReadLogsOptions } from "../../../shared/aws-events/cloudwatch-logs/read-logs-data.ts";
import { decodeWithOracle } from "../otlp/oracle.ts";

/** What the tests read logs with, unless they say otherwise. */
export const readOptions: ReadLogsOptions = {
  maxBytes: 10_000_000,
  isOwnGroup: createOwnGroups([]),
  region: "eu-west-1",
  observedMs: 1_709_294_405_000,
  withMetrics: true,
  toGauges: false,
};

export interface AttributeJson {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A record of logs as OpenTelemetry's codec reads it. */
export interface RecordJson {
  readonly timeUnixNano?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body: { readonly stringValue: string };
  readonly attributes?: readonly AttributeJson[];
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}

export interface PointJson {
  readonly timeUnixNano?: string;
  readonly asDouble?: number;
  readonly count?: string;
  readonly sum?: number;
  readonly quantileValues?: readonly { readonly quantile?: number; readonly value?: number }[];
  readonly attributes?: readonly AttributeJson[];
}

interface MetricJson {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly PointJson[] };
  readonly summary?: { readonly dataPoints: readonly PointJson[] };
}

/** Attributes as an object; lists as lists, numbers as numbers. */
export function plain(attributes: readonly AttributeJson[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Readonly<Record<string, unknown>>): unknown {
  const { intValue, arrayValue, ...others } = value as {
    intValue?: string;
    arrayValue?: { values: Record<string, unknown>[] };
  };
  if (arrayValue) return arrayValue.values.map(plainValue);
  return intValue === undefined ? Object.values(others)[0] : Number(intValue);
}

/** All log records, in order, with the attributes of their resource. */
export function recordsOf({ requests }: LogsData): readonly (RecordJson & { resource: Record<string, unknown> })[] {
  return requests
    .filter(({ format }) => format === "otlp/logs")
    .flatMap(({ bytes }) => {
      const { resourceLogs } = decodeWithOracle(bytes, "logs") as {
        resourceLogs: {
          resource: { attributes?: AttributeJson[] };
          scopeLogs: { logRecords: RecordJson[] }[];
        }[];
      };
      return resourceLogs.flatMap(({ resource, scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) =>
          logRecords.map((record) => ({ ...record, resource: plain(resource.attributes) })),
        ),
      );
    });
}

/** All metrics, in order. */
export function metricsOf({ requests }: LogsData): readonly MetricJson[] {
  return requests
    .filter(({ format }) => format === "otlp/metrics")
    .flatMap(({ bytes }) => {
      const { resourceMetrics } = decodeWithOracle(bytes, "metrics") as {
        resourceMetrics: { scopeMetrics: { metrics: MetricJson[] }[] }[];
      };
      return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    });
}

/** The data of a subscription: events as one gzip member. */
export function logsData(
  logEvents: readonly unknown[],
  { logGroup = "/app/web", logStream = "one", owner = "123456789012", messageType = "DATA_MESSAGE" } = {},
): Uint8Array {
  const envelope = { messageType, owner, logGroup, logStream, subscriptionFilters: ["f"], logEvents };
  return gzipSync(JSON.stringify(envelope));
}
