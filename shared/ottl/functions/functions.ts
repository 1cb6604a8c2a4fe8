import type { ContextName } from "../contexts.ts";
import type { Converter, Editor } from "../function.ts";
import type { IdValue } from "../value.ts";
import { collectionConverters } from "./collection-functions.ts";
import { communityId } from "./community-id.ts";
import { flattenEditor } from "./flatten.ts";
import { extractGrokPatterns } from "./grok-function.ts";
import { hashConverters } from "./hash-functions.ts";
import { mapEditors } from "./map-editors.ts";
import { metricEditors, pointEditors } from "./metric-editors.ts";
import { metricFilterConverters } from "./metric-filter-functions.ts";
import { networkConverters } from "./network-functions.ts";
import { parseCef } from "./parse-cef.ts";
import { parseClf } from "./parse-clf.ts";
import { parseElf } from "./parse-elf.ts";
import { parseConverters } from "./parse-functions.ts";
import { parseLeef } from "./parse-leef.ts";
import { parseXml } from "./parse-xml.ts";
import { replaceEditors } from "./replace-editors.ts";
import { semconvNameEditor } from "./semconv-span-name.ts";
import { textConverters } from "./text-functions.ts";
import { timeConverters } from "./time-functions.ts";
import { typeConverters } from "./type-functions.ts";
import { xmlConverters } from "./xml-functions.ts";
import { xxh3Converters } from "./xxh3-functions.ts";

/** Real functions of the Collector that are not here: an own sentence instead of "undefined". */
export const missingFunctions: ReadonlySet<string> = new Set(
  "Any All Filter Find MapEach MapKeys Reduce When UserAgent".split(" "),
);

/** A converter of spans and their events. */
const isRootSpan: Converter = {
  name: "IsRootSpan",
  parameters: [],
  build:
    () =>
    ({ scene }) =>
      isZero(scene.item.data(4)),
};

function isZero(id: IdValue["bytes"]): boolean {
  return id.every((byte) => byte === 0);
}

const converters = [
  ...textConverters,
  ...typeConverters,
  ...hashConverters,
  ...parseConverters,
  ...timeConverters,
  ...collectionConverters,
  ...networkConverters,
  communityId,
  extractGrokPatterns,
  parseXml,
  ...xxh3Converters,
  ...xmlConverters,
];
/** Formats of log lines, in the transform processor. */
const logConverters = [parseCef, parseClf, parseElf, parseLeef];
const editorsOf: Partial<Record<ContextName, readonly Editor[]>> = {
  span: [semconvNameEditor],
  metric: metricEditors,
  datapoint: pointEditors,
};
const editors = [...mapEditors, ...replaceEditors, flattenEditor];

/** The functions that a context knows, by name. */
export interface Functions {
  readonly converters: ReadonlyMap<string, Converter>;
  readonly editors: ReadonlyMap<string, Editor>;
}

const sets = new Map<string, Functions>();

/** The functions of a context; `kind` says whether statements or filter conditions stand there. */
export function functionsOf(context: ContextName, kind: "transform" | "filter"): Functions {
  const key = `${kind} ${context}`;
  let found = sets.get(key);
  if (!found) {
    const extra = [
      ...(context === "span" ? [isRootSpan] : []),
      ...(context === "metric" && kind === "filter" ? metricFilterConverters : []),
      ...(context === "log" && kind === "transform" ? logConverters : []),
    ];
    const own = editorsOf[context] ?? [];
    found = {
      converters: byName([...converters, ...extra]),
      editors: kind === "filter" ? new Map() : byName([...editors, ...own]),
    };
    sets.set(key, found);
  }
  return found;
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((each) => [each.name, each]));
}
