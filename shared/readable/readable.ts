import type { SignalName } from "../signal.ts";
import { list, type Tree, text, tree } from "./json-tree.ts";
import { attributesText, durationText, instantText, numberText, plainText, valueText } from "./readable-value.ts";

/** What one item says on its line: cells in columns, then its attributes. */
interface Line {
  /** Nanoseconds since the epoch, decimal. */
  readonly at: string;
  readonly cells: readonly string[];
  readonly attributes: readonly Tree[];
}

interface Row {
  readonly word: string;
  readonly resources: string;
  readonly scopes: string;
  readonly items: string;
  readonly linesOf: (item: Tree) => readonly Line[];
}

const rows: Readonly<Record<SignalName, Row>> = {
  traces: { word: "span", resources: "resourceSpans", scopes: "scopeSpans", items: "spans", linesOf: spanLines },
  metrics: {
    word: "metric",
    resources: "resourceMetrics",
    scopes: "scopeMetrics",
    items: "metrics",
    linesOf: pointLines,
  },
  logs: { word: "log", resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords", linesOf: logLines },
};

/** How lines are laid out: cut to the width of the terminal, and in colours, where they go to one. */
export interface Layout {
  readonly columns?: number;
  readonly color?: boolean;
}

const maxLine = 400;
const dim = 2;
const serviceColors = [36, 35, 34, 32, 33, 96, 95, 94] as const;
const red = 31;
const yellow = 33;

/** One line per span, data point and log record of an export request in OTLP/JSON, in their order; never a JSON dump. */
export function readableLines(request: object, signal: SignalName, layout: Layout = {}): readonly string[] {
  const { word, resources, scopes, items, linesOf } = rows[signal];
  const depths = signal === "traces" ? depthsOf(request) : new Map<Tree, number>();
  const lines: string[] = [];
  for (const resource of list(tree(request)[resources])) {
    const service = serviceOf(resource);
    for (const scope of list(resource[scopes])) {
      for (const item of list(scope[items])) {
        const indent = "  ".repeat(Math.min(maxIndent, depths.get(item) ?? 0));
        for (const line of linesOf(item)) lines.push(laidOut({ word, service, indent, line }, layout));
      }
    }
  }
  return lines;
}

interface Placed {
  readonly word: string;
  readonly service: string;
  readonly indent: string;
  readonly line: Line;
}

function laidOut({ word, service, indent, line }: Placed, { columns = maxLine, color = false }: Layout): string {
  const cells = line.cells.filter((cell) => cell !== "");
  const [first = "", ...more] = cells;
  const rest = [`${indent}${first}`, ...more, ...attributesText(line.attributes)].join("  ");
  const head = [instantText(line.at), word.padEnd(6), service.padEnd(14)];
  const room = Math.max(20, Math.min(maxLine, columns) - head.join("  ").length - 2);
  const body = rest.length > room ? `${rest.slice(0, room - 1)}…` : rest;
  if (!color) return [...head, body].join("  ");
  const [time = "", kind = "", name = ""] = head;
  const severity = /^(ERROR|FATAL)/.test(first) || cells.some((cell) => /^error(:|$)/.test(cell)) ? red : undefined;
  const bodyColor = severity ?? (/^WARN/.test(first) ? yellow : undefined);
  return [
    painted(dim, `${time}  ${kind}`),
    painted(colorOf(service), name),
    bodyColor ? painted(bodyColor, body) : body,
  ].join("  ");
}

function painted(code: number, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}

/** The same colour for the same service, in every request. */
function colorOf(service: string): number {
  let sum = 0;
  for (const character of service) sum = (sum * 31 + character.charCodeAt(0)) % 997;
  return serviceColors[sum % serviceColors.length] ?? dim;
}

const maxIndent = 8;

/** How deep each span stands below its ancestors in the same request. */
function depthsOf(request: object): ReadonlyMap<Tree, number> {
  const resources = list(tree(request).resourceSpans).flatMap(({ scopeSpans }) => list(scopeSpans));
  const spans = resources.flatMap(({ spans }) => list(spans));
  const byId = new Map(spans.map((span) => [text(span.spanId), span]));
  byId.delete("");
  const depths = new Map<Tree, number>();
  for (const span of spans) {
    let depth = 0;
    for (let parent = byId.get(text(span.parentSpanId)); parent && depth < maxIndent; depth++) {
      parent = byId.get(text(parent.parentSpanId));
    }
    depths.set(span, depth);
  }
  return depths;
}

/** The names of the services in an export request in OTLP/JSON, each once. */
export function servicesOf(request: object, signal: SignalName): readonly string[] {
  return [...new Set(list(tree(request)[rows[signal].resources]).map(serviceOf))];
}

function serviceOf(resource: Tree): string {
  const attributes = list(tree(resource.resource).attributes);
  const name = attributes.find(({ key }) => key === "service.name");
  return name ? valueText(name.value) : "unknown_service";
}

function spanLines(span: Tree): Line[] {
  const kind = shortEnum(span.kind, "SPAN_KIND_", ["", "internal", "server", "client", "producer", "consumer"]);
  const status = tree(span.status);
  const code = shortEnum(status.code, "STATUS_CODE_", ["", "ok", "error"]);
  const events = list(span.events).length;
  const links = list(span.links).length;
  const cells = [
    plainText(text(span.name)),
    kind,
    durationText(text(span.startTimeUnixNano), text(span.endTimeUnixNano)),
    [code, plainText(text(status.message))].filter((part) => part !== "").join(": "),
    `trace ${text(span.traceId)}`,
    events > 0 ? `${events} event${events > 1 ? "s" : ""}` : "",
    links > 0 ? `${links} link${links > 1 ? "s" : ""}` : "",
  ];
  return [{ at: text(span.startTimeUnixNano), cells, attributes: list(span.attributes) }];
}

const kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] as const;

function pointLines(metric: Tree): Line[] {
  const kind = kinds.find((name) => metric[name] !== undefined);
  if (kind === undefined) return [];
  const unit = plainText(text(metric.unit));
  return list(tree(metric[kind]).dataPoints).map((point) => ({
    at: text(point.timeUnixNano),
    cells: [plainText(text(metric.name)), kind, pointText(point, unit === "1" ? "" : unit)],
    attributes: list(point.attributes),
  }));
}

function pointText(point: Tree, unit: string): string {
  const single = point.asDouble ?? point.asInt;
  if (single !== undefined) return [numberText(single), unit].filter((part) => part !== "").join(" ");
  const quantiles = list(point.quantileValues).map(
    ({ quantile, value }) => `p${percent(quantile)}=${numberText(value)}`,
  );
  const parts = ["count", "sum", "min", "max"].flatMap((name) =>
    point[name] === undefined ? [] : [`${name}=${numberText(point[name])}`],
  );
  return [...parts, ...quantiles, unit].filter((part) => part !== "").join(" ");
}

function percent(quantile: unknown): string {
  return String(Math.round(Number(quantile ?? 0) * 10_000) / 100);
}

const levels = ["trace", "debug", "info", "warn", "error", "fatal"];

function logLines(record: Tree): Line[] {
  const severity = Number(record.severityNumber ?? 0);
  const level = plainText(text(record.severityText)) || levels[Math.floor((severity - 1) / 4)] || "";
  const at = text(record.timeUnixNano);
  const cells = [
    level.toUpperCase().padEnd(5),
    plainText(text(record.eventName)),
    record.body === undefined ? "" : valueText(record.body),
    text(record.traceId) === "" ? "" : `trace ${text(record.traceId)}`,
  ];
  return [
    {
      at: at === "" || at === "0" ? text(record.observedTimeUnixNano) : at,
      cells,
      attributes: list(record.attributes),
    },
  ];
}

/** Enums are numbers in OTLP/JSON; names are read too. */
function shortEnum(value: unknown, prefix: string, names: readonly string[]): string {
  if (typeof value === "string") return plainText(value).replace(prefix, "").toLowerCase();
  return typeof value === "number" ? (names[value] ?? String(value)) : "";
}
