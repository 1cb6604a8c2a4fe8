import { attribute, family, type MemberOf, required, type Table, table } from "../../alloy/arguments.ts";
import { list } from "../../alloy/composite-types.ts";
import { parseDuration } from "../../alloy/duration.ts";
import { bool, number } from "../../alloy/plain-types.ts";
import { duration, string } from "../../alloy/text-types.ts";
import { parseFloat64 } from "../../go-number.ts";
import { byteLength } from "../byte-length.ts";
import type { Extracted } from "./extracted.ts";
import type { LineMetric } from "./line-metric.ts";
import {
  changing,
  extractedText,
  extractedValue,
  InvalidStage,
  type StageContext,
  type StageEntry,
  stageKind,
} from "./stage.ts";

const defaultPrefix = "loki_process_custom_";
const minIdleMs = 1_000;
const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const defaultIdleMs = 300_000;
/** Of client_golang, for a histogram whose list is empty. */
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const shared = {
  name: required(string),
  description: attribute(string),
  source: attribute(string, { help: "The extracted value; default the name." }),
  prefix: attribute(string, { help: "Default `loki_process_custom_`." }),
  max_idle_duration: attribute(duration, { default: defaultIdleMs }),
  value: attribute(string, { help: "Only lines whose extracted value is this one count." }),
};

const counter = table(
  {
    ...shared,
    action: required(string, { help: "`inc` or `add`." }),
    match_all: attribute(bool, { help: "Count every line." }),
    count_entry_bytes: attribute(bool, { help: "Add the bytes of the line." }),
  },
  {
    validate({ action, match_all: all, count_entry_bytes: bytes, value, max_idle_duration: idleMs }) {
      if (idleMs < minIdleMs) return tooShort;
      if (action !== "inc" && action !== "add") return "the 'action' counter field must be either 'inc' or 'add'";
      if (all && value !== "") return "a 'counter' metric supports either 'match_all' or a 'value', but not both";
      if (bytes && (!all || action !== "add")) {
        return "the 'count_entry_bytes' counter field must be specified along with match_all set to true or action set to 'add'";
      }
      return undefined;
    },
  },
);

const gaugeActions = ["set", "inc", "dec", "add", "sub"];
const gauge = table(
  { ...shared, action: required(string, { help: "`set`, `inc`, `dec`, `add` or `sub`." }) },
  {
    validate({ action, max_idle_duration: idleMs }) {
      if (idleMs < minIdleMs) return tooShort;
      if (gaugeActions.includes(action)) return undefined;
      return `the 'action' gauge field must be one of the following values: [${gaugeActions.join(", ")}]`;
    },
  },
);

const histogram = table(
  { ...shared, buckets: required(list(number)) },
  { validate: ({ max_idle_duration: idleMs }) => (idleMs < minIdleMs ? tooShort : undefined) },
);

const tooShort = "max_idle_duration must be greater or equal than 1s";

const metricTables = { counter, gauge, histogram } satisfies Record<string, Table>;
const args = table({ metric: family(metricTables) });

/** `stage.metrics`: counters, gauges and histograms of what lines say, on the metrics page of the process. Lines stay as they are. */
export const metrics = stageKind(args, ({ metric: blocks }, context) => {
  // Of several with one name the last one counts, as in Alloy.
  const recorders = new Map(blocks.map((each) => [each.args.name, recorder(each, context)]));
  return changing((entry) => {
    for (const record of recorders.values()) record(entry);
  });
});

type MetricBlock = MemberOf<typeof metricTables>;

/** What one metric does with a line. */
function recorder(block: MetricBlock, context: StageContext): (entry: StageEntry) => void {
  const { name, prefix, description: help, max_idle_duration: maxIdleMs, value, source } = block.args;
  const fullName = (prefix || defaultPrefix) + name;
  if (!namePattern.test(fullName)) throw new InvalidStage(`"${fullName}" is not a valid metric name`);
  const given = { name: fullName, help, maxIdleMs };
  const wanted = source || name;

  /** The extracted value; undefined when the line does not count. */
  function countedValue(entry: StageEntry): Extracted | undefined {
    const found = extractedValue(entry, wanted);
    return value === "" || extractedText(found) === value ? found : undefined;
  }

  if (block.member === "histogram") {
    const metric = context.metric({ ...given, kind: "histogram", buckets: bucketsOf(block.args.buckets, fullName) });
    return (entry) => withNumber(countedValue(entry), (number) => metric.observe(entry.labels, number));
  }
  const metric = context.metric({ ...given, kind: block.member });
  if (block.member === "gauge") {
    const change = gaugeChange(metric, block.args.action);
    return (entry) => {
      const found = countedValue(entry);
      if (found !== undefined) change(entry, found);
    };
  }
  const { action, match_all: all, count_entry_bytes: countsBytes } = block.args;
  if (countsBytes) return (entry) => metric.add(entry.labels, byteLength(entry.line));
  if (action === "inc") {
    return (entry) => {
      if (all || countedValue(entry) !== undefined) metric.add(entry.labels, 1);
    };
  }
  return (entry) =>
    withNumber(all ? null : countedValue(entry), (number) => number >= 0 && metric.add(entry.labels, number));
}

function gaugeChange(metric: LineMetric, action: string): (entry: StageEntry, found: Extracted) => void {
  if (action === "inc") return ({ labels }) => metric.add(labels, 1);
  if (action === "dec") return ({ labels }) => metric.add(labels, -1);
  if (action === "set") return ({ labels }, found) => withNumber(found, (number) => metric.set(labels, number));
  const sign = action === "add" ? 1 : -1;
  return ({ labels }, found) => withNumber(found, (number) => metric.add(labels, sign * number));
}

function bucketsOf(given: readonly number[], name: string): readonly number[] {
  const buckets = given.length === 0 ? defaultBuckets : given.filter((each) => each !== Number.POSITIVE_INFINITY);
  const isAscending = buckets.every((each, index) => index === 0 || each > (buckets[index - 1] ?? each));
  if (!isAscending) throw new InvalidStage(`the buckets of the histogram "${name}" must be in increasing order`);
  return buckets;
}

/** Numbers, booleans, texts of numbers and Go's durations (as seconds); others have no number. */
function withNumber(value: Extracted | undefined, use: (number: number) => void): void {
  const number = typeof value === "string" ? numberOfText(value) : value === null ? undefined : Number(value);
  if (number !== undefined && Number.isFinite(number)) use(number);
}

function numberOfText(text: string): number | undefined {
  const number = parseFloat64(text);
  if (number !== undefined) return number;
  const ms = parseDuration(text);
  return typeof ms === "number" ? ms / 1000 : undefined;
}
