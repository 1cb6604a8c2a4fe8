import type { SignalName } from "../../signal.ts";

type Component = { component_id: string };

/** What happens to the components of OTLP. */
export interface OtelcolEventFields {
  "receiver.grpc": Component & { endpoint: string };
  "receiver.http": Component & { endpoint: string };
  "receiver.failed": Component & { message: string };
  "items.dropped": Component & { signal: SignalName; items: number; reason: string };
  "statement.failed": Component & { statement: string; reason: string; suppressed: number };
  "detector.failed": Component & { detector: string; message: string };
  "request.shown": Component & { signal: SignalName; items: number; content: string };
}
