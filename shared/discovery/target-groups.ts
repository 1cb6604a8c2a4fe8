import { isObject } from "../json-document.ts";
import { type JsonObject, objectOf } from "./json.ts";
import type { TargetLabels } from "./label-name.ts";

/** Targets of a list of groups, or what is wrong with the list. */
export type ParsedGroups =
  | { readonly kind: "targets"; readonly targets: readonly TargetLabels[] }
  | { readonly kind: "rejected"; readonly message: string };

/**
 * Reads groups as file_sd and http_sd have them: `[{"targets": ["host:port"], "labels": {"name": "value"}}]`; `meta` is
 * added to each target. Strict: a field of another name or a value of another type rejects the whole list.
 */
export function parseTargetGroups(value: unknown, meta: Readonly<Record<string, string>>): ParsedGroups {
  if (!Array.isArray(value)) return rejected("not a list of target groups");
  const targets: TargetLabels[] = [];
  for (const [index, group] of value.entries()) {
    const problem = problemOf(group);
    if (problem !== undefined) return rejected(`target group ${index}: ${problem}`);
    const { targets: addresses, labels } = group as JsonObject;
    for (const address of Array.isArray(addresses) ? addresses : []) {
      targets.push(new Map(Object.entries({ ...objectOf(labels), ...meta, __address__: address }).map(asText)));
    }
  }
  return { kind: "targets", targets };
}

function problemOf(group: unknown): string | undefined {
  if (!isObject(group)) return "not an object";
  const { targets = [], labels = {}, ...others } = group as JsonObject;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `unknown field ${JSON.stringify(unknown)}`;
  if (!Array.isArray(targets) || targets.some((target) => typeof target !== "string")) return "targets must be texts";
  if (!isObject(labels)) return "labels must be an object";
  const bad = Object.entries(labels).find(([, value]) => typeof value !== "string");
  return bad ? `the label ${JSON.stringify(bad[0])} must be a text` : undefined;
}

function asText([name, value]: [string, unknown]): [string, string] {
  return [name, String(value)];
}

function rejected(message: string): ParsedGroups {
  return { kind: "rejected", message };
}
