import { describe, expect, it } from "vitest";
import { type AttributesArguments, loadAttributes } from "../../shared/processors/attributes.ts";
import { loadFilter } from "../../shared/processors/filter.ts";
import { loadSampler } from "../../shared/processors/probabilistic-sampler.ts";
import type { Loaded } from "../../shared/processors/processor.ts";
import fixture from "../fixtures/processors.json" with { type: "json" };
import found from "../fixtures/processors-found.json" with { type: "json" };
import { normalizedOtlp } from "../support/otlp/normalized-otlp.ts";
import { fixedHost, jsonOf, type ProcessorCase, protobufOf } from "../support/otlp/processor-cases.ts";

const all = [...fixture.cases, ...found.cases] as unknown as readonly ProcessorCase[];
// The Collector's resource processor is not a component of Alloy.
const cases = all.filter((each) => each.processor !== "resource");

describe("processors", () => {
  it.each(cases.map((each) => [each.name, each] as const))("%s", (_name, example) => {
    const { signal, input, expect: expected } = example;
    const errors: string[] = [];
    const loaded = load(example, (reason) => errors.push(reason));
    if (expected.loadError !== undefined || expected.createError !== undefined) {
      expect(loaded.kind).toBe("rejected");
      return;
    }
    if (loaded.kind === "rejected") throw new Error(loaded.problems.join("\n"));
    const metadata = new Map(Object.entries(example.metadata ?? {}));
    const result = loaded.process(protobufOf(input, signal), signal, { metadata });
    if (expected.consumeError !== undefined) {
      expect(result.kind).toBe("refused");
      return;
    }
    if (result.kind === "refused") throw new Error(result.reason);
    const output = result.kind === "passed" ? jsonOf(result.bytes, signal) : null;
    expect(normalizedOtlp(output)).toEqual(normalizedOtlp(expected.output));
    expect(errors).toHaveLength(expected.warnings?.length ?? 0);
  });
});

function load({ processor, arguments: args, signal }: ProcessorCase, onReason: (reason: string) => void): Loaded {
  const onError = ({ reason }: { reason: string }): void => onReason(reason);
  if (processor === "filter") return loadFilter(args, { host: fixedHost, onError });
  if (processor === "probabilistic_sampler") return loadSampler(args, () => undefined);
  return loadAttributes(withInts(args) as AttributesArguments, [signal]);
}

/** JSON has one kind of numbers; whole ones are ints in Alloy. */
function withInts(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(withInts);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withInts(each)]));
}
