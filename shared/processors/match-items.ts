import { type AnyValue, keyOf, type MapValue } from "../edit/any-value.ts";
import type { Scene } from "../edit/scene.ts";
import { isEqual } from "../ottl/compare.ts";
import { OttlError } from "../ottl/failure.ts";
import { valueText } from "../ottl/text.ts";
import { compileRe2 } from "../re2/re2.ts";
import type { SignalName } from "../signal.ts";
import type { ConfigValue } from "./attribute-actions.ts";
import { itemAttributes } from "./item-attributes.ts";

interface AttributeMatch {
  readonly key: string;
  readonly value?: ConfigValue;
}

/** A block `include` or `exclude` of otelcol.processor.attributes. */
export interface MatchArguments {
  readonly match_type: string;
  readonly services?: readonly string[];
  readonly span_names?: readonly string[];
  readonly span_kinds?: readonly string[];
  readonly log_bodies?: readonly string[];
  readonly log_severity_texts?: readonly string[];
  readonly log_severity?: { readonly min: string; readonly match_undefined?: boolean };
  readonly metric_names?: readonly string[];
  readonly attribute?: readonly AttributeMatch[];
  readonly resource?: readonly AttributeMatch[];
  readonly library?: readonly { readonly name: string; readonly version?: string }[];
}

export type Matcher = (scene: Scene) => boolean;
type Field = Exclude<keyof MatchArguments, "match_type">;
type MatchText = (text: string) => boolean;

const allowed: Readonly<Record<SignalName, readonly Field[]>> = {
  traces: ["services", "span_names", "span_kinds", "attribute", "resource", "library"],
  metrics: ["metric_names", "resource"],
  logs: ["log_bodies", "log_severity_texts", "log_severity", "attribute", "resource", "library"],
};
const fields: readonly Field[] = [...new Set(Object.values(allowed).flat())];
const serviceName = keyOf("service.name");
const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const spanKinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (kind) => `SPAN_KIND_${kind}`,
);

/** Reads what an item must match: all fields that are set; undefined where nothing is asked. Throws `OttlError`. */
export function compileMatch(args: MatchArguments, signal: SignalName): Matcher | undefined {
  const type = args.match_type;
  if (type !== "strict" && type !== "regexp")
    throw new OttlError(`unrecognized match_type: '${type}', valid types are: [regexp strict]`);
  const set = fields.filter((field) => isSet(args[field]));
  const foreign = set.filter((field) => !allowed[signal].includes(field));
  if (foreign.length > 0) throw new OttlError(`${foreign.join(", ")} are not valid for ${signal}`);
  if (set.length === 0) throw new OttlError(`at least one of ${allowed[signal].join(", ")} must be specified`);
  const compiled = new Map(set.map((field) => [field, matcherOf(field, args, type)]));
  // As in the Collector: `resource` is allowed for metrics and asks nothing of them.
  if (signal === "metrics") compiled.delete("resource");
  if (compiled.size === 0) return undefined;
  const matchers = [...compiled.values()];
  return (scene) => matchers.every((matches) => matches(scene));
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function matcherOf(field: Field, args: MatchArguments, type: "strict" | "regexp"): Matcher {
  const anyOf = (texts: readonly string[] = []): MatchText => {
    const tests = texts.map((text) => textMatcher(text, type));
    return (text) => tests.some((test) => test(text));
  };
  switch (field) {
    case "services": {
      const matches = anyOf(args.services);
      return ({ resource }) => {
        const name = resource.map(1).get(serviceName);
        return name !== undefined && matches(valueText(name));
      };
    }
    case "span_names": {
      const matches = anyOf(args.span_names);
      return ({ item }) => matches(item.text(5));
    }
    case "span_kinds": {
      const matches = anyOf(args.span_kinds);
      return ({ item }) => matches(spanKinds[Number(item.varint(6))] ?? "");
    }
    case "log_bodies": {
      const matches = anyOf(args.log_bodies);
      return ({ item }) => {
        const body = item.any(5);
        return typeof body === "string" && matches(body);
      };
    }
    case "log_severity_texts": {
      const matches = anyOf(args.log_severity_texts);
      return ({ item }) => matches(item.text(3));
    }
    case "log_severity":
      return severityMatcher(args.log_severity as NonNullable<MatchArguments["log_severity"]>);
    case "metric_names": {
      const matches = anyOf(args.metric_names);
      return ({ metric }) => matches(metric.text(1));
    }
    case "attribute":
      return attributesMatcher(args.attribute ?? [], { type, read: itemAttributes });
    case "resource":
      return attributesMatcher(args.resource ?? [], { type, read: ({ resource }) => resource.map(1) });
    case "library":
      return libraryMatcher(args.library ?? [], type);
  }
}

function textMatcher(expected: string, type: "strict" | "regexp"): MatchText {
  if (type === "strict") return (text) => text === expected;
  const compiled = compileRe2(expected);
  if (compiled.kind !== "re2") throw new OttlError(`invalid pattern ${JSON.stringify(expected)}: ${compiled.message}`);
  return (text) => compiled.re2.test(text);
}

function severityMatcher({
  min,
  match_undefined: matchUndefined = false,
}: {
  min: string;
  match_undefined?: boolean;
}): Matcher {
  const [, name = "", step = "1"] = /^(?:SEVERITY_NUMBER_)?([A-Z]+?)([1-4]?)$/i.exec(min) ?? [];
  const level = levels.indexOf(name.toUpperCase());
  if (level < 0) throw new OttlError(`unknown severity ${JSON.stringify(min)}: valid are ${levels.join(", ")}`);
  const lowest = BigInt(level * 4) + BigInt(step === "" ? "1" : step);
  return ({ item }) => {
    const number = item.varint(2);
    return number === 0n ? matchUndefined : number >= lowest;
  };
}

function attributesMatcher(
  expected: readonly AttributeMatch[],
  { type, read }: { type: "strict" | "regexp"; read: (scene: Scene) => MapValue },
): Matcher {
  const tests = expected.map(({ key, value }) => {
    if (key === "") throw new OttlError("error creating attribute filters: can't have empty key");
    return { key: keyOf(key), matches: valueMatcher(value ?? null, type) };
  });
  return (scene) => {
    const attributes = read(scene);
    return tests.every(({ key, matches }) => {
      const value = attributes.get(key);
      return value !== undefined && matches(value);
    });
  };
}

/** Without a value it is enough to be there; a pattern is for the text of values that have one. */
function valueMatcher(expected: ConfigValue, type: "strict" | "regexp"): (value: AnyValue) => boolean {
  if (expected === null) return () => true;
  if (type === "strict") return (value) => typeof value === typeof expected && isEqual(value, expected);
  if (typeof expected !== "string") throw new OttlError("match_type=regexp takes strings as values of attributes");
  const matches = textMatcher(expected, type);
  return (value) => matches(valueText(value));
}

function libraryMatcher(expected: NonNullable<MatchArguments["library"]>, type: "strict" | "regexp"): Matcher {
  const tests = expected.map(({ name, version }) => ({
    name: textMatcher(name, type),
    version:
      version === undefined || version === null
        ? undefined
        : version === ""
          ? (text: string) => text === ""
          : textMatcher(version, type),
  }));
  return ({ scope }) =>
    tests.some((test) => test.name(scope.text(1)) && (test.version === undefined || test.version(scope.text(2))));
}
