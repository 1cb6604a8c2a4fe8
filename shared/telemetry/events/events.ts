import type { SignalName } from "../../signal.ts";
import type { AwsEventFields } from "./aws-events.ts";
import type { GraphEventFields } from "./graph-events.ts";
import type { HostEventFields } from "./host-events.ts";
import type { LokiEventFields } from "./loki-events.ts";
import type { ObjectEventFields } from "./object-events.ts";
import type { OtelcolEventFields } from "./otelcol-events.ts";
import type { PrometheusEventFields } from "./prometheus-events.ts";

/** Everything worth a log line or a counter happens by one of these names; the fields are numbers and bounded strings. */
export interface EventFields
  extends GraphEventFields,
    LokiEventFields,
    AwsEventFields,
    ObjectEventFields,
    HostEventFields,
    PrometheusEventFields,
    OtelcolEventFields {
  "request.accepted": { signal: SignalName; transport: TransportName; items: number; bytes: number };
  "request.refused": { signal?: SignalName; transport: TransportName; status: number; reason: string; message: string };
  "request.unavailable": { signal: SignalName; transport: TransportName; reason: string; retryAfterMs: number };
  "request.limited": {
    signal?: SignalName;
    transport: TransportName;
    sender: string;
    limit: string;
    retryAfterMs: number;
  };
  "sender.accepted": { sender: string; signal: SignalName; items: number; bytes: number };
  "items.rejected": { signal: SignalName; items: number; message: string };
  "batch.queued": { signal: SignalName; batches: number; items: number; bytes: number };
  "queue.failed": { operation: string; reason: string };
  "storage.cut": { queue: string; bytes: number };
  "storage.damaged": { queue: string; bytes: number; records: number };
  "storage.expired": { queue: string; messages: number; items: number; bytes: number };
  "storage.failed": { queue: string; operation: string; reason: string };
  "storage.unread": { queue: string; messages: number; bytes: number };
  "storage.memory": { setting: string; maxBytes: number };
  /** `ageMs`: since the oldest batch was taken. */
  "export.delivered": Exported & { batches: number; bytes: number; durationMs: number; ageMs?: number };
  "export.partial": Exported & { message: string };
  "export.warned": Exported & { message: string };
  "export.retry": Exported & { batches: number; reason: string; afterMs: number };
  "export.narrowed": Exported & { exports: number; deadLettered: number };
  "batch.dead-lettered": Exported & { reason: string; status?: number; message: string; id: string };
  "batch.undecodable": { id: string; bytes: number; message: string };
  "batch.spilled": { signal: SignalName; items: number; bytes: number; reason: string };
  "destination.misconfigured": { destination: string; status: number; message: string };
  "destination.down": { destination: string; reason: string; retryMs: number };
  "destination.up": { destination: string; downMs: number };
  "destination.insecure": { destination: string };
  "dead-letter.replayed": { signal: SignalName; items: number; id: string; maybeTwice?: boolean };
  "dead-letter.discarded": { signal?: SignalName; items: number; id: string; reason: string };
  "config.loaded": { source: string; settings: number };
  "config.unknown": { source: string; names: string };
  "config.unreadable": { source: string; message: string };
  "config.kept": { source: string; problems: string };
  "server.ready": { addresses: string };
  "server.stopping": { reason: string };
  "server.stopped": { durationMs: number };
  "invocation.failed": { function: string; error: string };
  "code.crashed": { where: string; error: string };
}

/** The name of an event. */
export type EventName = keyof EventFields;
/** `self`: this process's own metrics. */
export type TransportName = "http" | "grpc" | "cloudwatch-logs" | "s3" | "replay" | "self";
type Exported = { signal: SignalName; destination: string; items: number };

/** Tells that something happened: one log line and its counters. Never throws. */
export type Emit = <Name extends EventName>(name: Name, fields: EventFields[Name]) => void;
