import { exportMetricsServiceRequest } from "../../otlp/schema.ts";
import { type Attribute, writeAttribute } from "../../otlp/write-attribute.ts";
import { scan } from "../../wire/scan.ts";
import { WireWriter, WriterFull } from "../../wire/wire-writer.ts";
import { writeTag } from "../../wire/write-fields.ts";
import { unitOf } from "../units.ts";
import { pointAttributeTag, statisticsOf, type UnixNano, writeGauges } from "./gauges.ts";
import { gaugeName } from "./metric-name.ts";
import type { Datum } from "./read-json.ts";
import type { AsGauges } from "./to-gauges.ts";

// ExportMetricsServiceRequest.resource_metrics; ResourceMetrics.resource, .scope_metrics; Resource.attributes.
const resourceMetricsTag = 0x0a;
const resourceTag = 0x0a;
const scopeMetricsTag = 0x12;
const resourceAttributeTag = 0x0a;
/** A datum is about a minute. */
const periodMs = 60_000;

/** Makes gauges of what came in the format JSON: the same that `toGauges` makes of the same metrics in OpenTelemetry 1.0. */
export function fromJson(data: readonly Datum[], maxBytes: number): AsGauges | { readonly kind: "too-large" } {
  const writer = new WireWriter(4096, maxBytes);
  const scratch = new WireWriter(1024, maxBytes);
  try {
    for (const ofOrigin of byOrigin(data)) writeOrigin(writer, ofOrigin, scratch);
  } catch (error) {
    if (error instanceof WriterFull) return { kind: "too-large" };
    throw error;
  }
  const bytes = writer.finish();
  const scanned = scan(bytes, exportMetricsServiceRequest);
  return scanned.kind === "rejected" ? { kind: "too-large" } : { kind: "gauges", bytes, items: scanned.items };
}

function byOrigin(data: readonly Datum[]): readonly (readonly Datum[])[] {
  const origins = new Map<string, Datum[]>();
  for (const datum of data) {
    const key = `${datum.account}\n${datum.region}\n${datum.stream}`;
    const known = origins.get(key);
    if (known) known.push(datum);
    else origins.set(key, [datum]);
  }
  return [...origins.values()];
}

function writeOrigin(writer: WireWriter, data: readonly Datum[], scratch: WireWriter): void {
  const [first] = data;
  if (!first) return;
  writeTag(writer, resourceMetricsTag);
  const start = writer.open(3);
  writeTag(writer, resourceTag);
  const resourceStart = writer.open(2);
  for (const attribute of resourceOf(first)) writeAttribute(writer, resourceAttributeTag, attribute);
  writer.close(resourceStart, 2);
  writeTag(writer, scopeMetricsTag);
  const scopeStart = writer.open(3);
  for (const datum of data) writeDatum(writer, datum, scratch);
  writer.close(scopeStart, 3);
  writer.close(start, 3);
}

/** The attributes that the stream has in the format OpenTelemetry 1.0. */
function resourceOf({ account, region, stream }: Datum): readonly Attribute[] {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return [
    { name: "cloud.provider", value: "aws" },
    { name: "cloud.account.id", value: account },
    { name: "cloud.region", value: region },
    { name: "aws.exporter.arn", value: `arn:${partition}:cloudwatch:${region}:${account}:metric-stream/${stream}` },
  ];
}

function writeDatum(writer: WireWriter, datum: Datum, scratch: WireWriter): void {
  const { namespace, metricName, dimensions, account, region, timestamp, count, sum, others, unit } = datum;
  scratch.at = 0;
  const attributes: readonly Attribute[] = [
    { name: "Namespace", value: namespace },
    { name: "MetricName", value: metricName },
    ...dimensions.map(([name, value]) => ({ name: `dimension_${name}`, value })),
    ...(account === "" ? [] : [{ name: "account_id", value: account }]),
    ...(region === "" ? [] : [{ name: "region", value: region }]),
  ];
  for (const attribute of attributes) writeAttribute(scratch, pointAttributeTag, attribute);
  const period = {
    attributes: scratch.finish(),
    start: nanoOf(timestamp),
    end: nanoOf(timestamp + periodMs),
    statistics: statisticsOf(count, sum, others),
  };
  writeGauges(writer, { name: gaugeName(namespace, metricName), unit: unitOf(unit), periods: [period] });
}

function nanoOf(ms: number): UnixNano {
  const nano = BigInt(ms) * 1_000_000n;
  return { high: Number(nano >> 32n), low: Number(nano & 0xffff_ffffn) };
}
