import type { Emit, EventFields, EventName } from "../../shared/telemetry/events/events.ts";

export interface EmittedEvent {
  readonly name: EventName;
  readonly fields: EventFields[EventName];
}

/** An `Emit` that keeps what it is told. */
export function recordEvents(into: EmittedEvent[]): Emit {
  return (name, fields) => {
    into.push({ name, fields });
  };
}
