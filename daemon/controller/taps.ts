import { type Capsule, isArray, isCapsule, isObject, type Value } from "../../shared/alloy/value.ts";
import { formats } from "../../shared/batch/formats.ts";
import type { EntryReceiver, LentEntries } from "../../shared/loki/entry-receiver.ts";
import type { LineEntry } from "../../shared/loki/line-entry.ts";
import type { SampleReceiver } from "../../shared/prometheus/sample.ts";
import { capsuleName, nameCapsule } from "./capsule-names.ts";
import { logsReceiver, type OtlpConsumer, otlpConsumer, sampleReceiver } from "./capsules.ts";
import type { LiveDebugging, Passed } from "./live-debugging.ts";
import { entryTexts, otlpTexts, otlpTypes, sampleTexts } from "./passing-text.ts";

/** Puts a tap on what others receive by: `from` is the component that is given the value. */
export type Tap = (from: string, value: Value) => Value;

/**
 * Makes taps: whatever a component sends by a receiver that it was given is counted, and shown to those who look. The same component gets
 * the same tapped receiver each time, so that it does not look changed.
 */
export function createTap(debugging: LiveDebugging): Tap {
  const made = new WeakMap<object, Map<string, Capsule>>();
  return tap;

  function tap(from: string, value: Value): Value {
    if (value === null) return value;
    if (isCapsule(value)) return tapCapsule(from, value);
    if (!holdsReceivers(value)) return value;
    if (isArray(value)) return value.map((each) => tap(from, each));
    return isObject(value) ? new Map([...value].map(([key, each]) => [key, tap(from, each)])) : value;
  }

  function tapCapsule(from: string, capsule: Capsule): Capsule {
    const attach = tappable.get(capsule.type);
    const name = capsuleName(capsule.content);
    if (!attach || name === undefined) return capsule;
    const known = made.get(capsule.content) ?? new Map<string, Capsule>();
    made.set(capsule.content, known);
    const before = known.get(from);
    if (before) return before;
    const content = attach(capsule, debugging.way(from, name.slice(0, name.lastIndexOf("."))));
    nameCapsule(content, name);
    const tapped = { ...capsule, content };
    known.set(from, tapped);
    return tapped;
  }
}

/** Whether what is sent by this capsule can be watched. */
function isTappable({ type }: Capsule): boolean {
  return tappable.has(type);
}

function holdsReceivers(value: Value): boolean {
  if (value === null) return false;
  if (isObject(value)) return [...value.values()].some((each) => isObject(each) || holdsReceivers(each));
  // The parts of a list are alike: a long list of targets need not be searched.
  if (isArray(value)) return value.slice(0, 1).some((each) => !isObject(each) && holdsReceivers(each));
  return isCapsule(value) && isTappable(value);
}

const tappable = new Map<string, (capsule: Capsule, passed: Passed) => object>([
  ["otelcol.Consumer", (capsule, passed) => tapConsumer(otlpConsumer.decode(capsule), passed)],
  ["loki.LogsReceiver", (capsule, passed) => tapEntries(logsReceiver.decode(capsule), passed)],
  ["storage.Appendable", (capsule, passed) => tapSamples(sampleReceiver.decode(capsule), passed)],
]);

function tapConsumer(consumer: OtlpConsumer, passed: Passed): OtlpConsumer {
  return {
    ...consumer,
    accept(request, abort) {
      passed(otlpTypes[formats[request.format].signal], request.items, () => otlpTexts(request));
      return consumer.accept(request, abort);
    },
  };
}

function tapEntries(receiver: EntryReceiver, passed: Passed): EntryReceiver {
  return {
    consume(entries) {
      passed("loki_log", entries.length, () => entryTexts(entries));
      return receiver.consume(entries);
    },
    lend() {
      // Entries that are lent are gone when they would be shown.
      const lent = passed.isWatched() ? undefined : receiver.lend?.();
      return lent && new CountedEntries(lent, passed);
    },
  };
}

class CountedEntries implements LentEntries {
  private readonly lent: LentEntries;
  private readonly passed: Passed;
  private count = 0;

  constructor(lent: LentEntries, passed: Passed) {
    this.lent = lent;
    this.passed = passed;
  }

  add(entry: LineEntry): void {
    this.count += 1;
    this.lent.add(entry);
  }

  end(): Promise<void> {
    this.passed("loki_log", this.count, () => []);
    return this.lent.end();
  }
}

function tapSamples(receiver: SampleReceiver, passed: Passed): SampleReceiver {
  return {
    consume(batch) {
      passed("prometheus_metric", batch.series.length, () => sampleTexts(batch));
      return receiver.consume(batch);
    },
  };
}
