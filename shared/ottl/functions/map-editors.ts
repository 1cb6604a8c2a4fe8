import { type AnyValue, copyValue, keyOf, ListValue, type MapEdit, MapValue, mapOf } from "../../edit/any-value.ts";
import { isContinuation, textOf, utf8, utf8Length } from "../../edit/text.ts";
import type { Args } from "../args.ts";
import type { Expression } from "../expression.ts";
import { Failure } from "../failure.ts";
import type { Frame } from "../frame.ts";
import type { Editor } from "../function.ts";
import { copied } from "../target.ts";
import { valueText } from "../text.ts";
import { kindOf } from "../value.ts";

/** Editors of values and maps. */
export const mapEditors: readonly Editor[] = [
  {
    name: "set",
    parameters: ["target", "value"],
    build: (args) => {
      const target = args.target("target");
      const value = args.any("value");
      return (frame) => target.set(frame, value(frame));
    },
  },
  {
    name: "delete_key",
    parameters: ["target", "key"],
    build: (args) => {
      const key = args.key("key");
      return onMap(args, (map, frame) => void map.delete(key(frame)));
    },
  },
  {
    name: "delete_matching_keys",
    parameters: ["target", "pattern"],
    build: (args) => {
      const pattern = args.pattern("pattern");
      return onMap(args, (map, frame) => {
        const re2 = pattern(frame);
        map.edit((key) => (re2.test(key) ? "remove" : undefined));
      });
    },
  },
  {
    name: "keep_matching_keys",
    parameters: ["target", "pattern"],
    build: (args) => {
      const pattern = args.pattern("pattern");
      return onMap(args, (map, frame) => {
        const re2 = pattern(frame);
        map.edit((key) => (re2.test(key) ? undefined : "remove"));
      });
    },
  },
  {
    name: "keep_keys",
    parameters: ["target", "keys"],
    build: (args) => {
      const keys = args.strings("keys");
      return onMap(args, (map, frame) => {
        const kept = new Set(keys(frame));
        map.edit((key) => (kept.has(key) ? undefined : "remove"));
      });
    },
  },
  {
    name: "limit",
    parameters: ["target", "limit", "priority_keys"],
    build: (args) => {
      const limit = Number(args.literalInt("limit"));
      const priority = args.literalStrings("priority_keys");
      if (limit < priority.length)
        throw args.problem(
          `invalid limit, ${limit} cannot be less than number of priority attributes ${priority.length}`,
        );
      return onMap(args, (map) => limitTo(map, limit, priority));
    },
  },
  {
    name: "truncate_all",
    parameters: ["target", "limit", "utf8_safe?", "truncation_marker?"],
    build: (args) => {
      const limit = Number(args.literalInt("limit"));
      const isSafe = args.has("utf8_safe") ? args.literalBool("utf8_safe") : true;
      const marker = args.has("truncation_marker") ? args.literalString("truncation_marker") : "";
      if (utf8Length(marker) > limit && marker !== "")
        throw args.problem(
          `invalid truncation marker, length of marker ${utf8Length(marker)} cannot be greater than limit ${limit}`,
        );
      return onMap(args, (map) =>
        map.edit((_key, read) => {
          const value = read();
          if (typeof value !== "string" || utf8Length(value) <= limit) return undefined;
          return { value: truncated(utf8(value), { limit, isSafe, marker }) };
        }),
      );
    },
  },
  {
    name: "merge_maps",
    parameters: ["target", "source", "strategy"],
    build: (args) => {
      const source = args.map("source");
      const strategy = args.literalString("strategy");
      if (!["insert", "update", "upsert"].includes(strategy))
        throw args.problem(`invalid value for strategy, ${strategy}, must be 'insert', 'update' or 'upsert'`);
      return onMap(args, (map, frame) => {
        for (const [key, value] of source(frame).pairs()) {
          const isKnown = map.has(keyOf(key));
          if (strategy === "upsert" || isKnown === (strategy === "update")) map.set(keyOf(key), copyValue(value));
        }
      });
    },
  },
  {
    name: "stringify_all",
    parameters: ["target"],
    build: (args) =>
      onMap(args, (map) =>
        map.edit((_key, read) => {
          const value = read();
          return typeof value === "string" ? undefined : { value: valueText(value) };
        }),
      ),
  },
  {
    name: "append",
    parameters: ["target", "value?", "values?"],
    build: (args) => {
      const target = args.target("target");
      if (!args.has("value") && !args.has("values"))
        throw args.problem("at least one of the optional arguments ('value' or 'values') must be provided");
      const added = [
        ...(args.has("value") ? [args.whole("value")] : []),
        ...(args.has("values") ? args.expressions("values") : []),
      ];
      return (frame) => {
        const current = target.get(frame);
        if (current instanceof MapValue) throw new Failure("a map cannot be the first of a list");
        const before = current instanceof ListValue ? current.items : current === null ? [] : [copied(current)];
        target.set(frame, new ListValue([...before, ...added.map((each) => appended(each, frame))]));
      };
    },
  },
  {
    name: "delete_index",
    parameters: ["target", "start_index", "end_index?"],
    build: (args) => {
      const target = args.target("target");
      const start = args.int("start_index");
      const end = args.has("end_index") ? args.int("end_index") : (frame: Frame) => start(frame) + 1n;
      return (frame) => {
        const list = target.get(frame);
        if (!(list instanceof ListValue)) throw new Failure(`expected list but got ${kindOf(list)}`);
        const { length } = list.items;
        const [from, to] = [start(frame), end(frame)];
        if (from < 0n || (from >= BigInt(length) && to > 0n))
          throw new Failure(`startIndex ${from} out of bounds for slice of length ${length}`);
        if (to < from || to > BigInt(length))
          throw new Failure(`endIndex ${to} out of bounds for slice of length ${length}`);
        target.set(frame, new ListValue(list.items.toSpliced(Number(from), Number(to - from))));
      };
    },
  },
];

/** Maps and lists are not appended, but for a list that is written out and the parts of a URL. */
function appended({ node, get }: Expression, frame: Frame): AnyValue {
  const value = get(frame);
  const isUrl = node.kind === "call" && node.name === "URL" && node.keys.length === 0;
  if ((value instanceof MapValue && !isUrl) || (value instanceof ListValue && node.kind !== "list"))
    throw new Failure(`<Invalid value type ${kindOf(value)}>`);
  return copied(value);
}

/** An editor of the map that its parameter `target` names: changed where it stands, then put back. */
export function onMap(args: Args, change: (map: MapValue, frame: Frame) => void): (frame: Frame) => void {
  const target = args.target("target");
  return (frame) => {
    const map = target.get(frame);
    if (!(map instanceof MapValue)) throw new Failure(`expected map but got ${kindOf(map)}`);
    change(map, frame);
    if (map.isChanged) target.set(frame, map);
  };
}

/** Puts entries in place of all that a map holds. */
export function refill(map: MapValue, pairs: Iterable<readonly [string, AnyValue]>): void {
  const entries = mapOf(pairs).pairs();
  map.clear();
  for (const [key, value] of entries) map.append(key, value);
}

/** Keys with priority take their places first, the others in order. */
function limitTo(map: MapValue, limit: number, priority: readonly string[]): void {
  if (map.size <= limit) return;
  const keys = map.keys();
  const kept = new Set(priority.filter((key) => keys.includes(key)));
  for (const key of keys) {
    if (kept.size >= limit) break;
    kept.add(key);
  }
  map.edit((key): MapEdit | undefined => (kept.has(key) ? undefined : "remove"));
}

function truncated(
  bytes: Uint8Array,
  { limit, isSafe, marker }: { limit: number; isSafe: boolean; marker: string },
): string {
  let end = limit - utf8Length(marker);
  if (isSafe) while (end > 0 && isContinuation(bytes[end])) end--;
  return textOf(bytes, 0, end) + marker;
}
