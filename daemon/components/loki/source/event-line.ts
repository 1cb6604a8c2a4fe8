import { type JsonObject, numberOf, objectOf, textOf } from "../../../../shared/discovery/json.ts";
import { quote } from "../../../../shared/go-quote.ts";
import { goJson } from "../../../../shared/loki/stages/go-json.ts";

/** An event of a Kubernetes cluster as a line of a log. */
export interface EventLine {
  /** Of the object that it is about. */
  readonly namespace: string;
  readonly timeMs: number;
  readonly line: string;
}

/** Formats an event as Alloy's loki.source.kubernetes_events does; undefined for one that is about nothing or has no time. */
export function eventLine(event: JsonObject, format: "logfmt" | "json"): EventLine | undefined {
  const about = objectOf(event.involvedObject);
  const source = objectOf(event.source);
  const name = textOf(about.name) ?? "";
  const timeMs = Date.parse(textOf(event.lastTimestamp) ?? textOf(event.eventTime) ?? "");
  if (name === "" || Number.isNaN(timeMs)) return undefined;
  const fields: readonly (readonly [string, string | number])[] = [
    ["name", name],
    ["kind", textOf(about.kind) ?? ""],
    ["action", textOf(event.action) ?? ""],
    ["objectAPIversion", textOf(about.apiVersion) ?? ""],
    ["objectRV", textOf(about.resourceVersion) ?? ""],
    ["eventRV", textOf(objectOf(event.metadata).resourceVersion) ?? ""],
    ["reportinginstance", textOf(event.reportingInstance) ?? ""],
    ["reportingcontroller", textOf(event.reportingComponent) ?? ""],
    ["sourcecomponent", textOf(source.component) ?? ""],
    ["sourcehost", textOf(source.host) ?? ""],
    ["reason", textOf(event.reason) ?? ""],
    ["type", textOf(event.type) ?? ""],
    ["count", numberOf(event.count) ?? 0],
  ];
  const written = fields.filter(([, value]) => value !== "" && value !== 0);
  const message = textOf(event.message) ?? "";
  const line =
    format === "json"
      ? goJson(Object.fromEntries([...written, ["msg", message] as const].sort(([a], [b]) => (a < b ? -1 : 1))))
      : [...written.map(([key, value]) => `${key}=${value}`), `msg=${quote(message)}`].join(" ").concat(" ");
  return { namespace: textOf(about.namespace) ?? "", timeMs, line };
}
