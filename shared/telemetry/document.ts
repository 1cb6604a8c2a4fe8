import type { EventRow } from "./events/event-row.ts";
import { eventTable } from "./events/event-table.ts";
import type { Metric } from "./metrics/metric-row.ts";
import { metricTable } from "./metrics/metric-table.ts";

/** docs/telemetry.md: every metric and every event, from their tables. */
export function telemetryDocument(): string {
  const metrics: readonly [string, Metric][] = Object.entries(metricTable);
  const events: readonly [string, Omit<EventRow<never>, "measures">][] = Object.entries(eventTable);
  return `${introduction}
| metric | kind | labels | what it counts |
| --- | --- | --- | --- |
${metrics.map(([name, { kind, labels, help }]) => `| \`${name}\` | ${kind} | ${labels.join(", ")} | ${help} |`).join("\n")}
${aboutEvents}
| event | level | what it says |
| --- | --- | --- |
${events.map(([name, { level, message }]) => `| \`${name}\` | ${level} | ${message} |`).join("\n")}
`;
}

const introduction = `# Telemetry

<!-- Generated from shared/telemetry/ by \`npm run docs\`; do not edit. -->

What happens inside Sluice is a named event: one log line, and the metrics that it counts.

## Metrics

The daemon serves them as Prometheus text on \`/metrics\` of its admin port. The functions write those that alarms and the dashboard need
in CloudWatch's embedded metric format: namespace \`Sluice\`, without \`sluice_\` and \`_total\`, by \`stage\` and by \`stage, signal\`. With
\`SLUICE_SELF_TELEMETRY_INTERVAL\` (such as \`1m\`) the daemon also sends them to the destination, as OTLP, through itself.

**The ledger of items:** accepted = delivered + rejected + dead-lettered + in flight. Spilled items are in flight; replayed ones are in flight
again. What was refused was never accepted: its sender knows.

Labels are bounded: beyond 100 combinations a metric counts further ones as \`other\`.
`;

const aboutEvents = `
## Events

A log line is one JSON object: \`timestamp\`, \`level\`, \`event\`, \`message\` and the event's own fields. \`warn\` is surprising, but nothing is
lost; \`error\` means that something is lost or that someone must act. Of one event at most 120 lines are written in a minute; the next line says how
many were left out (\`omittedLines\`), and the metrics count all of them.
`;
