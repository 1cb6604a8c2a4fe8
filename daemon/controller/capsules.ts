import { capsule } from "../../shared/alloy/composite-types.ts";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import type { Auth } from "../../shared/delivery/auth.ts";
import type { SenderTokens } from "../../shared/http/auth.ts";
import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";
import type { RelabelRule } from "../../shared/prometheus/relabel/relabel-rule.ts";
import type { SampleReceiver } from "../../shared/prometheus/sample.ts";
import type { SignalName } from "../../shared/signal.ts";

/** An OTLP request on its way through a pipeline. */
export type OtlpRequest = ReceivedRequest;

/**
 * Takes OTLP requests: `otelcol.exporter.otlphttp.x.input`. Answers when every part is durable wherever it was routed, or was
 * dropped by a rule and counted. Never rejects. The bytes belong to the caller until then and are not changed in place.
 */
export interface OtlpConsumer {
  /** What it can do something with; absent: every signal. Whoever is wired to it refuses others when the file is loaded. */
  readonly signals?: readonly SignalName[];
  accept(request: OtlpRequest, abort?: AbortSignal): Promise<Acceptance>;
  /** Says how requests may be sent together: exporters take it for their groups, what stands before them hands it on. */
  gather?(limits: GatherLimits): void;
}

/** How many items a group of requests has and how long it waits for company; `maxItems` of one export, where there is a limit. */
export interface GatherLimits {
  readonly items: number;
  readonly delayMs: number;
  readonly maxItems?: number;
}

/** Credentials that an `otelcol.auth.*` component gives to those who use its handler. */
export interface AuthHandler {
  /** As whom requests are sent, read for each export; absent: it is for servers alone. */
  readonly client?: () => Auth;
  /** Which bearer tokens a server takes; absent: it is for clients alone. */
  readonly server?: SenderTokens;
}

/** The types of what components hand to each other, by the names that Alloy's messages use. One line each. */
export const authHandler = capsule<AuthHandler>("auth.Handler");
/** What takes OTLP, as `otelcol.*` exports it. */
export const otlpConsumer = capsule<OtlpConsumer>("otelcol.Consumer");
/** What takes log entries, as `loki.*` exports it. */
export const logsReceiver = capsule<EntryReceiver>("loki.LogsReceiver");
/** Rules of relabelling, as `*.relabel` exports them. */
export const relabelRules = capsule<readonly RelabelRule[]>("relabel.Rules");
/** What takes samples, as `prometheus.*` exports it. */
export const sampleReceiver = capsule<SampleReceiver>("storage.Appendable");
