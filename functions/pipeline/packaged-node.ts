import type { ComponentDefinition } from "../../daemon/controller/component.ts";
import type { Statement } from "../../shared/alloy/ast.ts";
import type { Scope } from "../../shared/alloy/evaluate.ts";
import type { Host } from "../../shared/alloy/library/host.ts";
import type { ObjectValue, Value } from "../../shared/alloy/value.ts";

/** A component of a pipeline that was read when its function was packaged (`infra/packaged-pipeline/`). */
export interface PackagedNode {
  /** `otelcol.exporter.otlphttp.grafana_cloud`. */
  readonly id: string;
  readonly definition: ComponentDefinition;
  readonly body: readonly Statement<PackagedValue>[];
}

/** The value of an attribute: what stands in the file alone, or what it comes to with what is known at a start. */
export type PackagedValue = (known: Known) => Value;

/** What is known only as a function starts. */
export interface Known {
  /** `sys.env`. */
  env(name: string): string;
  /** What a component before this one exports under a name. Throws where it exports no such thing. */
  exported(id: string, name: string): Value;
  /** For expressions that are evaluated as they were read: what they depend on, beside the library. */
  scope(dependencies: readonly string[], library: (host: Host) => ObjectValue): Scope;
}

/** An attribute as it was read; where it stood in the file is of no use any more. */
export function attribute(name: string, value: PackagedValue): Statement<PackagedValue> {
  return { kind: "attribute", name, value, start: 0, end: 0 };
}

/** A block as it was read, without a label unless it has one. */
export function block(name: string, body: readonly Statement<PackagedValue>[], label = ""): Statement<PackagedValue> {
  return { kind: "block", name, label, body, start: 0, end: 0, labelStart: 0, open: 0 };
}
