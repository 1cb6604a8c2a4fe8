import { FieldCursor } from "../../wire/field-cursor.ts";
import type { OtlpAttribute, OtlpData, OtlpMetric, OtlpResource, OtlpScope, OtlpTemporality } from "./otlp-metrics.ts";
import { readAttribute } from "./read-attribute.ts";
import { readExponentialPoint, readHistogramPoint, readNumberPoint, readSummaryPoint } from "./read-points.ts";
import { inside, textOf } from "./wire-values.ts";

const temporalities: readonly OtlpTemporality[] = ["unspecified", "delta", "cumulative"];

/** Reads an `ExportMetricsServiceRequest` that passed the scan (opentelemetry-proto metrics.proto). */
export function readOtlpMetrics(bytes: Uint8Array): readonly OtlpResource[] {
  const cursor = new FieldCursor(bytes, 0, bytes.length);
  const resources: OtlpResource[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      resources.push(readResource(inside(cursor)));
    }
  }
  return resources;
}

function readResource(cursor: FieldCursor): OtlpResource {
  const attributes: OtlpAttribute[] = [];
  const scopes: OtlpScope[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      const resource = inside(cursor);
      while (resource.next()) {
        if (resource.number === 1) {
          attributes.push(readAttribute(inside(resource)));
        }
      }
    } else if (cursor.number === 2) {
      scopes.push(readScope(inside(cursor)));
    }
  }
  return { attributes, scopes };
}

function readScope(cursor: FieldCursor): OtlpScope {
  const scope = { name: "", version: "", attributes: [] as OtlpAttribute[] };
  const metrics: OtlpMetric[] = [];
  while (cursor.next()) {
    if (cursor.number === 1) {
      readScopeHead(inside(cursor), scope);
    } else if (cursor.number === 2) {
      metrics.push(readMetric(inside(cursor)));
    }
  }
  return { ...scope, metrics };
}

function readScopeHead(head: FieldCursor, scope: { name: string; version: string; attributes: OtlpAttribute[] }): void {
  while (head.next()) {
    if (head.number === 1) {
      scope.name = textOf(head);
    } else if (head.number === 2) {
      scope.version = textOf(head);
    } else if (head.number === 3) {
      scope.attributes.push(readAttribute(inside(head)));
    }
  }
}

function readMetric(cursor: FieldCursor): OtlpMetric {
  const metric = { name: "", description: "", unit: "", data: { kind: "none" } as OtlpData };
  while (cursor.next()) {
    switch (cursor.number) {
      case 1:
        metric.name = textOf(cursor);
        break;
      case 2:
        metric.description = textOf(cursor);
        break;
      case 3:
        metric.unit = textOf(cursor);
        break;
      case 5:
        metric.data = { kind: "gauge", points: readData(inside(cursor), readNumberPoint).points };
        break;
      case 7:
        metric.data = { kind: "sum", ...readData(inside(cursor), readNumberPoint) };
        break;
      case 9:
        metric.data = { kind: "histogram", ...readData(inside(cursor), readHistogramPoint) };
        break;
      case 10:
        metric.data = { kind: "exponential", ...readData(inside(cursor), readExponentialPoint) };
        break;
      case 11:
        metric.data = { kind: "summary", points: readData(inside(cursor), readSummaryPoint).points };
        break;
    }
  }
  return metric;
}

function readData<T>(
  cursor: FieldCursor,
  readPoint: (cursor: FieldCursor) => T,
): { readonly points: readonly T[]; readonly temporality: OtlpTemporality; readonly isMonotonic: boolean } {
  const points: T[] = [];
  let temporality: OtlpTemporality = "unspecified";
  let isMonotonic = false;
  while (cursor.next()) {
    if (cursor.number === 1) {
      points.push(readPoint(inside(cursor)));
    } else if (cursor.number === 2) {
      temporality = temporalities[cursor.bytes[cursor.valueStart] ?? 0] ?? "unspecified";
    } else if (cursor.number === 3) {
      isMonotonic = cursor.bytes[cursor.valueStart] === 1;
    }
  }
  return { points, temporality, isMonotonic };
}
