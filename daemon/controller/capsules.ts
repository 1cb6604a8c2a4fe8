import { capsule } from "../../shared/alloy/composite-types.ts";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import type { EntryReceiver } from "../../shared/loki/entry.ts";
import type { RelabelRule } from "../../shared/prometheus/relabel.ts";
import type { SampleReceiver } from "../../shared/prometheus/sample.ts";

/** An OTLP request on its way through a pipeline. */
export interface OtlpRequest extends ReceivedRequest {
  /** Headers of the client, lower-case names, where the receiver keeps them (`include_metadata`). */
  readonly metadata?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Takes OTLP requests: `otelcol.exporter.otlphttp.x.input`. Answers when every part is durable wherever it was routed, or was
 * dropped by a rule and counted. Never rejects. The bytes belong to the caller until then and are not changed in place.
 */
export interface OtlpConsumer {
  accept(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance>;
}

/** The types of what components hand to each other, by the names that Alloy's messages use. One line each. */
export const otlpConsumer = capsule<OtlpConsumer>("otelcol.Consumer");
export const logsReceiver = capsule<EntryReceiver>("loki.LogsReceiver");
export const relabelRules = capsule<readonly RelabelRule[]>("relabel.Rules");
export const sampleReceiver = capsule<SampleReceiver>("storage.Appendable");
