import { randomBytes } from "node:crypto";
import { signals } from "../../shared/otlp/signals.ts";
import { transcode } from "../../shared/otlp/transcode.ts";
import type { EventFields, EventName } from "../../shared/telemetry/events/events.ts";
import type { TracingSettings } from "../config-blocks/tracing.ts";

export interface SelfTracesOptions {
  readonly version: string;
  readonly now: () => number;
  readonly random: () => number;
}

/** Traces of what the controller does: one for each load, with a span for each node that was evaluated. */
export interface SelfTraces {
  configure(settings: TracingSettings): void;
  observe<Name extends EventName>(name: Name, fields: EventFields[Name]): void;
}

interface Span {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const maxSpans = 1_000;

/** Spans of a load wait until it is over and its `tracing` block is in effect; a load that fails is not traced. */
export function createSelfTraces({ version, now, random }: SelfTracesOptions): SelfTraces {
  let settings: Pick<TracingSettings, "sampling_fraction" | "write_to"> = { sampling_fraction: 0, write_to: [] };
  let nodes: Span[] = [];
  let whole: Span | undefined;

  return {
    configure(next) {
      settings = next;
    },
    observe(name, fields) {
      if (name === "graph.evaluating") nodes = [];
      else if (name === "node.evaluated") add(fields as EventFields["node.evaluated"]);
      else if (name === "graph.evaluated") {
        const { durationMs } = fields as EventFields["graph.evaluated"];
        whole = { name: "GraphEvaluate", startMs: now() - durationMs, endMs: now(), attributes: {} };
      } else if (name === "graph.scheduled") send();
    },
  };

  function add({ node_id, durationMs }: EventFields["node.evaluated"]): void {
    if (nodes.length >= maxSpans) return;
    const endMs = now();
    nodes.push({ name: "EvaluateNode", startMs: endMs - durationMs, endMs, attributes: { node_id } });
  }

  function send(): void {
    const root = whole;
    whole = undefined;
    const { write_to: to, sampling_fraction: share } = settings;
    if (!root || to.length === 0 || random() >= share) return;
    const transcoded = transcode(Buffer.from(JSON.stringify(document(root, nodes))), signals.traces);
    if (transcoded.kind !== "transcoded") return;
    const { bytes, items } = transcoded;
    // What nobody waits for is not worth a second attempt: the exporter has its own.
    for (const consumer of to) void consumer.accept({ format: "otlp/traces", items, bytes });
  }

  function document(root: Span, children: readonly Span[]): unknown {
    const traceId = id(16);
    const rootId = id(8);
    const spans = [
      spanJson(root, { traceId, spanId: rootId }),
      ...children.map((span) => spanJson(span, { traceId, spanId: id(8), parentSpanId: rootId })),
    ];
    const resource = { attributes: attributes({ "service.name": "sluice", "service.version": version }) };
    return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "sluice/controller" }, spans }] }] };
  }
}

function spanJson(span: Span, ids: { traceId: string; spanId: string; parentSpanId?: string }): unknown {
  return {
    ...ids,
    name: span.name,
    kind: 1,
    startTimeUnixNano: nano(span.startMs),
    endTimeUnixNano: nano(span.endMs),
    attributes: attributes(span.attributes),
  };
}

function attributes(values: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function nano(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

function id(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
