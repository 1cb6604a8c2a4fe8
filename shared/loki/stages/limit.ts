import { attribute, required, table } from "../../alloy/arguments.ts";
import { bool, int, number } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { labelValue } from "../labels.ts";
import { InvalidStage, type Next, type Stage, type StageContext, type StageEntry, stageKind } from "./stage.ts";

const minDistinctLabels = 10_000;
const reason = "ratelimit_drop_stage";

const args = table({
  rate: required(number, { help: "Lines a second." }),
  burst: required(int),
  drop: attribute(bool, { help: "Drop what is too much; otherwise it waits." }),
  by_label_name: attribute(string),
  max_distinct_labels: attribute(int, { default: minDistinctLabels }),
});

/** `stage.limit`: a token bucket, one for all or one for each value of a label. Entries without the label are not limited. */
export const limit = stageKind(args, (given, context) => {
  const { rate, burst, drop, by_label_name: label, max_distinct_labels: maxLabels } = given;
  if (rate <= 0 || burst <= 0) throw new InvalidStage("limit stage failed to parse rate or burst");
  if (label !== "" && !drop) throw new InvalidStage("When ratelimiting by label, drop must be true");
  const newBucket = () => createBucket(rate, burst, context.now());
  if (label === "") return drop ? dropping(newBucket(), context) : waiting(newBucket(), context);
  const bucketOf = newestBuckets(Math.max(maxLabels, minDistinctLabels), newBucket);
  return {
    process(entry, next) {
      const value = labelValue(entry.labels, label);
      if (value === undefined || bucketOf(value).take(context.now())) return next(entry);
      context.count("dropped_lines_by_label", label, value);
      context.drop(entry, reason);
    },
  };
});

interface Bucket {
  take(nowMs: number): boolean;
  /** How long until a token is there. */
  waitMs(nowMs: number): number;
}

function createBucket(rate: number, burst: number, startMs: number): Bucket {
  let tokens = burst;
  let lastMs = startMs;
  const fill = (nowMs: number) => {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - lastMs) * rate) / 1000);
    lastMs = nowMs;
  };
  return {
    take(nowMs) {
      fill(nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    waitMs(nowMs) {
      fill(nowMs);
      return Math.max(1, Math.ceil(((1 - tokens) / rate) * 1000));
    },
  };
}

function newestBuckets(max: number, create: () => Bucket): (value: string) => Bucket {
  const buckets = new Map<string, Bucket>();
  return (value) => {
    let bucket = buckets.get(value);
    if (bucket === undefined) {
      bucket = create();
      const [oldest] = buckets.keys();
      if (buckets.size >= max && oldest !== undefined) buckets.delete(oldest);
      buckets.set(value, bucket);
    }
    return bucket;
  };
}

function dropping(bucket: Bucket, context: StageContext): Stage {
  return {
    process(entry, next) {
      if (bucket.take(context.now())) next(entry);
      else context.drop(entry, reason);
    },
  };
}

/** What waits is bounded by its sources, which read no further while their entries are not durable. */
function waiting(bucket: Bucket, context: StageContext): Stage {
  const held: StageEntry[] = [];
  let cancel: (() => void) | undefined;
  function release(next: Next): void {
    cancel = undefined;
    let passed = 0;
    while (passed < held.length && bucket.take(context.now())) {
      const entry = held[passed];
      passed += 1;
      if (entry) next(entry);
    }
    held.splice(0, passed);
    if (held.length > 0) cancel = context.later(bucket.waitMs(context.now()), () => release(next));
  }
  return {
    process(entry, next) {
      if (held.length === 0 && bucket.take(context.now())) return next(entry);
      held.push(entry.kept());
      if (cancel === undefined) release(next);
    },
    close(next) {
      cancel?.();
      for (const entry of held.splice(0)) next(entry);
    },
  };
}
