import type { LogRecord } from "../telemetry/log.ts";

/** A line of the log, for a page. Times are milliseconds since the epoch. */
export interface RecentLine {
  readonly at: number;
  readonly level: LogRecord["level"];
  readonly event: string;
  readonly message: string;
  /** The component that it is about. */
  readonly component?: string;
  /** The other fields as text. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What became known of a destination last. */
export interface DestinationState {
  readonly name: string;
  readonly reason?: string;
  readonly since?: number;
  readonly retryAt?: number;
}

/** A copy of what a process remembers, oldest line first. */
export interface Remembered {
  readonly lines: readonly RecentLine[];
  readonly destinations: readonly DestinationState[];
}

/** What a process remembers of its log: the newest lines, the newest of each component, and why destinations are down. */
export interface Recent {
  /** Takes an event that is worth a line. */
  take(record: LogRecord): void;
  /** Oldest first; of one component where it is named. */
  lines(component?: string): readonly RecentLine[];
  destinations(): readonly DestinationState[];
}

const maxLines = 500;
const maxComponentLines = 50;
const maxComponents = 1000;
const maxDestinations = 200;
const maxText = 500;

/** Remembers a bounded number of lines, each of bounded length. */
export function createRecent(now: () => number): Recent {
  const all: RecentLine[] = [];
  const byComponent = new Map<string, RecentLine[]>();
  const states = new Map<string, DestinationState>();

  return {
    take(record) {
      const line = lineOf(record, now());
      push(all, line, maxLines);
      const { component } = line;
      if (component !== undefined && (byComponent.has(component) || byComponent.size < maxComponents)) {
        const own = byComponent.get(component) ?? [];
        byComponent.set(component, own);
        push(own, line, maxComponentLines);
      }
      learn(record, line);
    },
    lines: (component) => [...(component === undefined ? all : (byComponent.get(component) ?? []))],
    destinations: () => [...states.values()],
  };

  function learn({ event, fields }: LogRecord, { at, message }: RecentLine): void {
    const { destination: name } = fields;
    if (typeof name !== "string" || (!states.has(name) && states.size >= maxDestinations)) return;
    const since = states.get(name)?.since ?? at;
    if (event === "destination.up") states.set(name, { name });
    else if (event === "destination.misconfigured") states.set(name, { name, reason: message, since });
    else if (event === "destination.down") {
      const { reason, retryMs } = fields;
      const retryAt = typeof retryMs === "number" ? { retryAt: at + retryMs } : {};
      states.set(name, { name, reason: String(reason).slice(0, maxText), since, ...retryAt });
    }
  }
}

function push(lines: RecentLine[], line: RecentLine, max: number): void {
  lines.push(line);
  if (lines.length > max) lines.shift();
}

function lineOf({ level, event, message, fields }: LogRecord, at: number): RecentLine {
  const { component_id: component, message: _, ...rest } = fields;
  const texts = Object.entries(rest).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value).slice(0, maxText)]],
  );
  return {
    at,
    level,
    event,
    message: message.slice(0, maxText),
    ...(typeof component === "string" && { component }),
    fields: Object.fromEntries(texts),
  };
}
