import { pushRequest } from "../loki/push-schema.ts";
import { streamServices } from "../loki/stream-services.ts";
import { servicesOf } from "../otlp/services.ts";
import { formatOf, type Signal, signals } from "../otlp/signals.ts";
import { writeRequest } from "../prometheus/remote-write/write-schema.ts";
import { seriesServices } from "../prometheus/series-services.ts";
import type { SignalName } from "../signal.ts";
import type { Message } from "../wire/schema.ts";

/** What a payload is: the protocol that its message belongs to, and which of its messages it is. */
export type FormatName = `otlp/${SignalName}` | "prometheus/write" | "loki/push";

/**
 * A format is a row: whatever differs between payloads, from the queue to the dead letters, stands here. All of them are
 * protobuf messages that merge by concatenation and are cut as their schema says.
 */
export interface Format {
  readonly name: FormatName;
  readonly signal: SignalName;
  readonly message: Message;
  /** Whether items of one series or stream must arrive as they came: such a destination gets one batch after the other. */
  readonly ordered: boolean;
  /** A few names of the services in a payload. */
  readonly services: (bytes: Uint8Array) => readonly string[];
}

/** The payload formats, a row each. */
export const formats: Readonly<Record<FormatName, Format>> = {
  "otlp/traces": otlp(signals.traces),
  "otlp/metrics": otlp(signals.metrics),
  "otlp/logs": otlp(signals.logs),
  // Remote write 1.0.
  "prometheus/write": {
    name: "prometheus/write",
    signal: "metrics",
    message: writeRequest,
    ordered: true,
    services: seriesServices,
  },
  "loki/push": {
    name: "loki/push",
    signal: "logs",
    message: pushRequest,
    ordered: true,
    services: streamServices,
  },
};

/** The names of all formats. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** Whether a text names a format. */
export function isFormatName(text: unknown): text is FormatName {
  return formatNames.some((name) => name === text);
}

function otlp(signal: Signal): Format {
  const { name, request } = signal;
  const services = (bytes: Uint8Array) => servicesOf(bytes, request);
  return { name: formatOf(signal), signal: name, message: request, ordered: false, services };
}
