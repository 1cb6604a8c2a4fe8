import { attribute, blocks, required, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { size, string } from "../../alloy/text-types.ts";
import { byteLength, cutToBytes, isLongerThan } from "../byte-length.ts";
import { withLabel } from "../labels.ts";
import { changing, extractedValue, extractedValues, type StageEntry, stageKind } from "./stage.ts";

const sourceTypes = ["line", "label", "structured_metadata", "extracted"];

const rule = table({
  limit: required(size, { help: "In bytes, the suffix included." }),
  suffix: attribute(string),
  sources: attribute(list(string), { help: "Names; none means all." }),
  source_type: attribute(string, { default: "line" }),
});
const args = table({ rule: blocks(rule, { required: true }) }, { validate: ({ rule: rules }) => problemOf(rules) });

interface Rule {
  readonly limit: number;
  readonly suffix: string;
  readonly sources: readonly string[];
  readonly source_type: string;
}

/** `stage.truncate`: cuts what is too long, at a character, and tells in the extracted value `truncated` what it cut. */
export const truncate = stageKind(args, ({ rule: rules }, context) =>
  changing((entry) => {
    for (const each of rules) {
      const cut = apply(each, entry);
      if (cut === 0) continue;
      for (let index = 0; index < cut; index += 1) context.count("truncated_fields", each.source_type);
      const before = extractedValue(entry, "truncated");
      const all = new Set([...(typeof before === "string" ? before.split(",") : []), each.source_type]);
      entry.values.set("truncated", [...all].sort().join(","));
    }
  }),
);

function problemOf(rules: readonly Rule[]): string | undefined {
  for (const { limit, suffix, sources, source_type: type } of rules) {
    if (limit <= 0) return "limit must be greater than zero";
    if (!sourceTypes.includes(type)) return `unknown source_type: ${type}`;
    if (type === "line" && sources.length > 0) return "sources cannot be set when source_type is 'line'";
    if (byteLength(suffix) >= limit && suffix !== "") return "suffix length cannot be greater than or equal to limit";
  }
  return undefined;
}

/** Returns how many fields the rule cut. */
function apply(given: Rule, entry: StageEntry): number {
  const room = given.limit - byteLength(given.suffix);
  let count = 0;
  const cut = (text: string) => {
    if (!isLongerThan(text, room)) return text;
    count += 1;
    return cutToBytes(text, room) + given.suffix;
  };
  const isWanted = (name: string) => given.sources.length === 0 || given.sources.includes(name);
  if (given.source_type === "line") entry.line = cut(entry.line);
  else if (given.source_type === "label") {
    for (const { name, value } of entry.labels) {
      if (isWanted(name)) entry.labels = withLabel(entry.labels, name, cut(value));
    }
  } else if (given.source_type === "structured_metadata") {
    entry.metadata = entry.metadata.map(({ name, value }) => ({ name, value: isWanted(name) ? cut(value) : value }));
  } else {
    for (const name of given.sources.length > 0 ? given.sources : extractedValues(entry).keys()) {
      const value = extractedValue(entry, name);
      if (typeof value === "string") entry.values.set(name, cut(value));
    }
  }
  return count;
}
