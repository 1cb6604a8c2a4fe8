import { TemplateFailure, type TemplateFunction, type TemplateValue } from "./nodes.ts";
import { anyText, dictionary, text } from "./values.ts";

const maxKeys = 10_000;

/** The functions of sprig that make dictionaries, look into them and change them. */
export const dictFunctions: Readonly<Record<string, TemplateFunction>> = {
  dict: (...args) => {
    const made = new Map<string, TemplateValue>();
    for (let index = 0; index < args.length; index += 2) {
      made.set(anyText(args[index]), index + 1 < args.length ? args[index + 1] : "");
    }
    return made;
  },
  get: (dict, key) => dictionary(dict).get(text(key)) ?? "",
  set: (dict, key, value) => {
    const changed = dictionary(dict);
    if (changed.size >= maxKeys && !changed.has(text(key))) throw new TemplateFailure("a dictionary is too large");
    return changed.set(text(key), value);
  },
  unset: (dict, key) => {
    dictionary(dict).delete(text(key));
    return dict;
  },
  hasKey: (dict, key) => dictionary(dict).has(text(key)),
  keys: (dict) => [...dictionary(dict).keys()].sort(),
  values: (dict) => [...dictionary(dict)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
  pluck: (key, ...dicts) => {
    const name = text(key);
    return dicts.map(dictionary).flatMap((each) => (each.has(name) ? [each.get(name)] : []));
  },
  pick: (dict, ...keys) => {
    const wanted = keys.map(text);
    return new Map([...dictionary(dict)].filter(([key]) => wanted.includes(key)));
  },
  omit: (dict, ...keys) => {
    const left = keys.map(text);
    return new Map([...dictionary(dict)].filter(([key]) => !left.includes(key)));
  },
  merge: (into, ...others) => {
    const merged = dictionary(into);
    for (const other of others.map(dictionary)) {
      for (const [key, value] of other) if (!merged.has(key)) merged.set(key, value);
    }
    return merged;
  },
  mergeOverwrite: (into, ...others) => {
    const merged = dictionary(into);
    for (const other of others.map(dictionary)) for (const [key, value] of other) merged.set(key, value);
    return merged;
  },
  dig: (...args) => {
    const dict = args.at(-1);
    const fallback = args.at(-2);
    let found = dict;
    for (const key of args.slice(0, -2)) {
      const inside = dictionary(found);
      if (!inside.has(text(key))) return fallback;
      found = inside.get(text(key));
    }
    return found;
  },
};
