import { type AnyValue, keyOf } from "../edit/any-value.ts";
import { editRequest } from "../edit/edit-request.ts";
import type { MessageView } from "../edit/message-view.ts";
import { utf8 } from "../edit/text.ts";
import { parseGoFloat } from "../ottl/go-number.ts";
import { valueText } from "../ottl/text.ts";
import type { Loaded, Process } from "./processor.ts";
import { logCarrier, type SamplingCarrier, spanCarrier } from "./sampling-carrier.ts";
import { alwaysSample, fullRandomness, neverSample, probabilityOf, thresholdOf } from "./sampling-threshold.ts";

/** The arguments of otelcol.processor.probabilistic_sampler. */
export interface SamplerArguments {
  readonly mode?: string;
  readonly hash_seed?: number;
  readonly sampling_percentage?: number;
  readonly fail_closed?: boolean;
  readonly sampling_precision?: number;
  readonly attribute_source?: string;
  readonly from_attribute?: string;
  readonly sampling_priority?: string;
}

/** Told once per request how many spans or log records a policy kept and dropped. */
export type OnSampled = (decided: {
  readonly signal: "traces" | "logs";
  readonly policy: string;
  readonly kept: number;
  readonly dropped: number;
}) => void;

/** What was decided of one item. */
type Tally = (policy: string, isSampled: boolean) => void;

interface Settings {
  readonly mode: "hash_seed" | "equalizing" | "proportional" | "never";
  readonly seed: Uint8Array;
  readonly ratio: number;
  readonly precision: number;
  readonly isClosed: boolean;
  /** Of hash_seed. */
  readonly threshold: bigint;
  /** The same as a number of buckets that are kept. */
  readonly sampledBuckets: number;
  readonly usesTraceId: boolean;
  readonly attribute: string;
  readonly priority: string;
}

/** What an item's decision is made of. */
interface Randomness {
  readonly value: bigint;
  readonly policy: string;
}

const missing: Randomness = { value: fullRandomness, policy: "missing_randomness" };
const buckets = 0x4000;
const spanAttributes = 9;
const logAttributes = 6;
const logTraceId = 9;
const traceIdField = 1;
const traceStateField = 3;
const spanPriority = keyOf("sampling.priority");

/** Reads the arguments of a probabilistic sampler. */
export function loadSampler(args: SamplerArguments, onSampled: OnSampled): Loaded {
  const percentage = args.sampling_percentage ?? 0;
  const precision = args.sampling_precision ?? 4;
  const source = args.attribute_source || "traceID";
  const mode = args.mode || "hash_seed";
  const problems: string[] = [];
  if (percentage < 0) problems.push(`sampling rate is negative: ${percentage}%`);
  else if (percentage > 0 && percentage / 100 < 2 ** -56) problems.push(`sampling rate is too small: ${percentage}%`);
  if (precision <= 0) problems.push("invalid sampling precision: 0");
  else if (precision > 14) problems.push(`sampling precision is too great, should be <= 14: ${precision}`);
  if (source !== "traceID" && source !== "record")
    problems.push(`invalid attribute source: ${source}. Expected: traceID or record`);
  if (mode !== "hash_seed" && mode !== "equalizing" && mode !== "proportional")
    problems.push(`unsupported sampler mode ${JSON.stringify(mode)}`);
  if (problems.length > 0) return { kind: "rejected", problems };
  const seed = new DataView(new ArrayBuffer(4));
  seed.setUint32(0, args.hash_seed ?? 0, true);
  // The Collector's percentage has 32 bits, and so has its product.
  const capped = Math.min(Math.fround(percentage), 100);
  const sampledBuckets = Math.floor(Math.fround(capped * Math.fround(buckets / 100)));
  const isNever = capped === 0 || (mode === "hash_seed" && sampledBuckets === 0);
  const settings: Settings = {
    mode: isNever ? "never" : (mode as Settings["mode"]),
    seed: new Uint8Array(seed.buffer),
    ratio: capped / 100,
    precision,
    isClosed: args.fail_closed ?? true,
    threshold: BigInt(buckets - sampledBuckets) << 42n,
    sampledBuckets,
    usesTraceId: source === "traceID",
    attribute: args.from_attribute ?? "",
    priority: args.sampling_priority ?? "",
  };
  return { kind: "processor", process: createSampler(settings, onSampled) };
}

function createSampler(settings: Settings, onSampled: OnSampled): Process {
  return (bytes, signal) => {
    if (signal === "metrics") return { kind: "passed", bytes, droppedItems: 0 };
    const keeps = signal === "traces" ? keepsSpan : keepsLog;
    const counts = new Map<string, { kept: number; dropped: number }>();
    const tally: Tally = (policy, isSampled) => {
      let count = counts.get(policy);
      if (!count) {
        count = { kept: 0, dropped: 0 };
        counts.set(policy, count);
      }
      if (isSampled) count.kept++;
      else count.dropped++;
    };
    const {
      bytes: sampled,
      droppedItems,
      isEmpty,
    } = editRequest(bytes, signal, {
      level: "item",
      prunes: true,
      visit: ({ item }) => keeps(item, settings, tally),
    });
    for (const [policy, count] of counts) onSampled({ signal, policy, ...count });
    return isEmpty ? { kind: "nothing", droppedItems } : { kind: "passed", bytes: sampled, droppedItems };
  };
}

function keepsSpan(span: MessageView, settings: Settings, tally: Tally): boolean {
  const traceId = span.data(traceIdField);
  const priority = priorityOf(span.map(spanAttributes).get(spanPriority));
  if (priority === undefined && isPlainlyDropped(span, traceId, settings)) {
    tally("trace_id_hash", false);
    return false;
  }
  const carrier = spanCarrier(span);
  const known = isEmptyId(traceId) ? missing : ofTraceId(traceId, settings);
  const start = begin(known, carrier, settings);
  if (priority === undefined) return decide(start, tally);
  const threshold = priority > 0 ? alwaysSample : neverSample;
  return decide({ ...start, threshold, policy: "sampling_priority" }, tally);
}

/** Most spans of most samplers: no tracestate, and a hash above the rate (bench/processors.ts, sampler). */
function isPlainlyDropped(span: MessageView, traceId: Uint8Array, { mode, seed, sampledBuckets }: Settings): boolean {
  if (mode !== "hash_seed" || span.has(traceStateField) || isEmptyId(traceId)) return false;
  return (fnv1a(traceId, seed) & (buckets - 1)) >= sampledBuckets;
}

function keepsLog(record: MessageView, settings: Settings, tally: Tally): boolean {
  const attributes = record.map(logAttributes);
  const traceId = record.data(logTraceId);
  const carrier = logCarrier(record);
  let known = missing;
  if (settings.usesTraceId && !isEmptyId(traceId)) known = ofTraceId(traceId, settings);
  else if (settings.attribute !== "") {
    const bytes = bytesOf(attributes.get(keyOf(settings.attribute)));
    if (bytes.length > 0) known = { value: hashed(bytes, settings.seed), policy: settings.attribute };
  }
  const start = begin(known, carrier, settings);
  const rate = settings.priority === "" ? undefined : attributes.get(keyOf(settings.priority));
  const percentage = typeof rate === "bigint" || typeof rate === "number" ? Number(rate) : 0;
  if (!(percentage > 0 && percentage <= 100)) return decide(start, tally);
  const threshold = thresholdOf(percentage / 100, settings.precision);
  return decide({ ...start, threshold, policy: "sampling_priority" }, tally);
}

interface Decision extends Randomness {
  readonly carrier: SamplingCarrier | undefined;
  readonly threshold: bigint;
}

/** The randomness that counts, whether it fits what the item carries, and the threshold that follows. */
function begin(known: Randomness, carried: SamplingCarrier | undefined, settings: Settings): Decision {
  const { mode } = settings;
  let randomness = known;
  let carrier = carried;
  let isWrong = carrier === undefined;
  if (mode === "never") randomness = { value: fullRandomness, policy: "sampling_priority" };
  else if (mode === "hash_seed") {
    if (carrier && (carrier.randomness !== undefined || carrier.threshold !== undefined)) {
      // Somebody else samples consistently: this mode leaves their marks alone.
      isWrong = true;
      carrier = undefined;
    } else if (carrier) carrier.randomness = known.value;
  } else if (carrier?.randomness !== undefined) {
    randomness = { value: carrier.randomness, policy: "sampling_randomness" };
  } else if (carrier && known.policy === settings.attribute && known !== missing) carrier.randomness = known.value;
  if (randomness === missing) isWrong = true;
  if (!isWrong && carrier?.threshold !== undefined && randomness.value < carrier.threshold) {
    carrier.threshold = undefined;
    isWrong = true;
  }
  const failed = settings.isClosed ? neverSample : alwaysSample;
  return { ...randomness, carrier, threshold: isWrong ? failed : thresholdFor(carrier, settings) };
}

function thresholdFor(carrier: SamplingCarrier | undefined, settings: Settings): bigint {
  const { mode, ratio, precision } = settings;
  if (mode === "never") return neverSample;
  if (mode === "hash_seed") return settings.threshold;
  const incoming = carrier?.threshold;
  if (mode === "proportional")
    return thresholdOf((incoming === undefined ? 1 : probabilityOf(incoming)) * ratio, precision);
  const own = thresholdOf(ratio, precision);
  return incoming !== undefined && incoming > own ? incoming : own;
}

function decide({ value, policy, carrier, threshold }: Decision, tally: Tally): boolean {
  const isSampled = threshold !== neverSample && value >= threshold;
  tally(policy, isSampled);
  if (isSampled && carrier) {
    // A probability that was lowered is never raised again.
    if (carrier.threshold === undefined || carrier.threshold < threshold) carrier.threshold = threshold;
    carrier.write();
  }
  return isSampled;
}

function ofTraceId(traceId: Uint8Array, { mode, seed }: Settings): Randomness {
  if (mode === "hash_seed") return { value: hashed(traceId, seed), policy: "trace_id_hash" };
  let value = 0n;
  for (const byte of traceId.subarray(-7)) value = (value << 8n) | BigInt(byte);
  return { value, policy: "trace_id_w3c" };
}

/** The lowest 14 bits of the hash decide, the others fill up to 56. */
function hashed(bytes: Uint8Array, seed: Uint8Array): bigint {
  const h = fnv1a(bytes, seed);
  const bucket = h & (buckets - 1);
  const upper = BigInt(h >>> 18);
  return (BigInt(buckets - 1 - bucket) << 42n) | ((upper ^ (upper << 10n)) << 14n) | BigInt(bucket);
}

/** FNV-1a of 32 bits, of the seed and the bytes. */
function fnv1a(bytes: Uint8Array, seed: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) h = Math.imul(h ^ (seed[at] as number), 0x01000193);
  for (let at = 0; at < bytes.length; at++) h = Math.imul(h ^ (bytes[at] as number), 0x01000193);
  return h >>> 0;
}

function isEmptyId(id: Uint8Array): boolean {
  return id.every((byte) => byte === 0);
}

function bytesOf(value: AnyValue | undefined): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array(0);
  return value instanceof Uint8Array ? value : utf8(valueText(value));
}

/** Numbers, and text that is one; negative ones have no say. */
function priorityOf(value: AnyValue | undefined): number | undefined {
  const number =
    typeof value === "bigint" || typeof value === "number"
      ? Number(value)
      : typeof value === "string"
        ? parseGoFloat(value)
        : undefined;
  return number !== undefined && number >= 0 ? number : undefined;
}
