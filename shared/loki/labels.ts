import { quote } from "../go-quote.ts";
import { unquoteAt } from "../go-string.ts";
import type { Label, LabelSet } from "./entry.ts";

/** The set without labels. */
export const noLabels: LabelSet = [];

const namePattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const texts = new WeakMap<LabelSet, string>();

/** True when Loki accepts the name of a label. */
export function isLabelName(name: string): boolean {
  return namePattern.test(name);
}

/** Sorts labels by the bytes of their names; of equal names the last one stays. */
export function labelSet(labels: Iterable<readonly [string, string]>): LabelSet {
  const unique = new Map(labels);
  return [...unique].sort(([a], [b]) => compareNames(a, b)).map(([name, value]) => ({ name, value }));
}

/** The value of a label, or undefined. */
export function labelValue(labels: LabelSet, name: string): string | undefined {
  for (const label of labels) if (label.name === name) return label.value;
  return undefined;
}

/** What a set became by one label, by its name and value: equal changes give the same array, so that its text is made once. */
const changes = new WeakMap<LabelSet, Map<string, Map<string, LabelSet>>>();
const maxNames = 16;
const maxValues = 64;

/** The set with one label added or replaced; the same array when nothing changes. */
export function withLabel(labels: LabelSet, name: string, value: string): LabelSet {
  let names = changes.get(labels);
  if (names === undefined) {
    names = new Map();
    changes.set(labels, names);
  }
  let values = names.get(name);
  if (values === undefined) {
    values = new Map();
    if (names.size < maxNames) names.set(name, values);
  }
  const before = values.get(value);
  if (before !== undefined) return before;
  const changed = changeLabel(labels, name, value);
  if (values.size < maxValues) values.set(value, changed);
  return changed;
}

function changeLabel(labels: LabelSet, name: string, value: string): LabelSet {
  let at = 0;
  for (; at < labels.length; at += 1) {
    const label = labels[at] as Label;
    if (label.name === name) return label.value === value ? labels : labels.with(at, { name, value });
    if (compareNames(label.name, name) > 0) break;
  }
  return labels.toSpliced(at, 0, { name, value });
}

/** The labels of `own`, and those of `others` whose names it lacks. */
export function mergeLabels(own: LabelSet, others: LabelSet): LabelSet {
  if (others.length === 0) return own;
  const pairs = [...others, ...own].map(({ name, value }) => [name, value] as const);
  return labelSet(pairs);
}

/** The text of a stream's labels, `{a="b", c="d"}`: without names that begin with `__`. Kept for as long as the array lives. */
export function formatLabels(labels: LabelSet): string {
  let text = texts.get(labels);
  if (text === undefined) {
    const shown = labels.filter(({ name }) => !name.startsWith("__"));
    text = `{${shown.map(({ name, value }) => `${name}=${quote(value)}`).join(", ")}}`;
    texts.set(labels, text);
  }
  return text;
}

/** What became of a text of labels. */
export type ParsedLabels =
  | { readonly kind: "labels"; readonly labels: LabelSet }
  | { readonly kind: "invalid"; readonly reason: string };

/** Reads the text of a stream's labels as Loki does: blanks are free, a comma may end the list, empty values vanish. */
export function parseLabels(text: string): ParsedLabels {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "labels", labels: noLabels };
  if (!trimmed.startsWith("{")) return invalid(text, "{");
  const pairs = new Map<string, string>();
  let at = blanks(trimmed, 1);
  while (trimmed[at] !== "}") {
    const name = /[a-zA-Z_][a-zA-Z0-9_]*/y;
    name.lastIndex = at;
    const found = name.exec(trimmed)?.[0];
    if (found === undefined) return invalid(text, "a label name");
    at = blanks(trimmed, at + found.length);
    if (trimmed[at] !== "=") return invalid(text, "=");
    const value = unquoteAt(trimmed, blanks(trimmed, at + 1));
    if (value === undefined) return invalid(text, "a quoted value");
    if (pairs.has(found)) return { kind: "invalid", reason: `stream '${text}' has duplicate label name: '${found}'` };
    pairs.set(found, value.text);
    at = blanks(trimmed, value.end);
    if (trimmed[at] === ",") at = blanks(trimmed, at + 1);
    else if (trimmed[at] !== "}") return invalid(text, "a comma or }");
  }
  if (at !== trimmed.length - 1) return invalid(text, "nothing after }");
  return { kind: "labels", labels: labelSet([...pairs].filter(([, value]) => value !== "")) };
}

function invalid(text: string, expected: string): ParsedLabels {
  return { kind: "invalid", reason: `couldn't parse labels: ${text.slice(0, 200)}: expected ${expected}` };
}

function blanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? "")) at += 1;
  return at;
}

/** Order of bytes in UTF-8, which differs from JavaScript's only where surrogates meet the end of the basic plane. */
function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return planeOrder(left) - planeOrder(right);
  }
  return a.length - b.length;
}

function planeOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
