import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { loadAttributes } from "../../shared/processors/attributes.ts";
import { loadFilter } from "../../shared/processors/filter.ts";
import { loadSampler } from "../../shared/processors/probabilistic-sampler.ts";
import type { Process } from "../../shared/processors/processor.ts";
import { createResourceMerge } from "../../shared/processors/resource-attributes.ts";
import { loadTransform, type TransformArguments } from "../../shared/processors/transform.ts";
import { signalNames } from "../../shared/signal.ts";
import { scan } from "../../shared/wire/scan.ts";
import { arbitraryRequest } from "../support/otlp/arbitrary-request.ts";
import { fixedHost } from "../support/otlp/processor-cases.ts";
import { countOf, rearrange, type WireField } from "../support/otlp/wire-tree.ts";

const runs = { seed: 20_261_125, numRuns: 40 };
const host = fixedHost;
const onError = (): void => undefined;
/** Field 2047 with three bytes. */
const unknown = Uint8Array.from([0xfa, 0x7f, 3, 1, 2, 3]);

function processOf(loaded: ReturnType<typeof loadTransform>): Process {
  if (loaded.kind === "rejected") throw new Error(loaded.problems.join("\n"));
  return loaded.process;
}

function transform(statements: readonly string[]): Process {
  const blocks = (context: string) => [{ context, statements }];
  const args: TransformArguments = {
    trace_statements: blocks("span"),
    metric_statements: blocks("datapoint"),
    log_statements: blocks("log"),
  };
  return processOf(loadTransform(args, { host, onError }));
}

const idle: Readonly<Record<string, Process>> = {
  "a transform whose conditions never hold": transform([
    `set(attributes["x"], 1) where attributes["no such key"] == 1`,
  ]),
  "a transform that sets nil": transform([`set(attributes["x"], nil)`]),
  "attributes that are not there": processOf(
    loadAttributes({ action: [{ key: "no such key", action: "delete" }] }, signalNames),
  ),
  "a merge of nothing": createResourceMerge(new Map(), { override: true }),
};
const busy: Readonly<Record<string, Process>> = {
  "a transform of attributes": transform([
    `set(attributes["new"], "value")`,
    `delete_matching_keys(attributes, "^[a-m]")`,
    `truncate_all(attributes, 3)`,
    `set(resource.attributes["r"], attributes["new"])`,
    `set(scope.name, "s")`,
  ]),
  "a filter": processOf(
    loadFilter(
      {
        traces: { span: [`Len(name) == 1`], spanevent: [`Len(name) == 2`] },
        metrics: { metric: [`Len(name) == 1`], datapoint: [`flags == 0`] },
        logs: { log_record: [`severity_number > 10`] },
      },
      { host, onError },
    ),
  ),
  "a sampler": processOf(loadSampler({ sampling_percentage: 50, fail_closed: false }, () => undefined)),
  attributes: processOf(
    loadAttributes(
      {
        action: [
          { key: "k", value: 1n, action: "upsert" },
          { pattern: ".", action: "hash" },
        ],
      },
      signalNames,
    ),
  ),
  "a merge": createResourceMerge(new Map([["host.name", "h"]]), { override: true }),
};

describe.each(signalNames)("processors, for any %s", (name) => {
  it.each(Object.entries(idle))("%s leave the bytes as they are", (_name, process) => {
    fc.assert(
      fc.property(arbitraryRequest(name), (bytes) => {
        expect(process(bytes, name)).toEqual({ kind: "passed", bytes, droppedItems: 0 });
      }),
      runs,
    );
  });

  it.each(Object.entries(busy))("%s writes what scan accepts, and counts what it drops", (_name, process) => {
    fc.assert(
      fc.property(arbitraryRequest(name), (plain) => {
        const bytes = rearrange(plain, signals[name].request, withUnknown);
        const before = countOf(bytes, signals[name].request);
        const result = process(bytes, name);
        if (result.kind === "refused") throw new Error(result.reason);
        const left = result.kind === "passed" ? result.bytes : new Uint8Array(0);
        const items = before - result.droppedItems;
        expect(scan(left, signals[name].request)).toEqual({ kind: "scanned", items });
      }),
      runs,
    );
  });

  it("a new attribute leaves unknown fields everywhere", () => {
    const process = transform([`set(attributes["new"], "value")`, `set(resource.attributes["new"], 1)`]);
    fc.assert(
      fc.property(arbitraryRequest(name), (plain) => {
        const bytes = rearrange(plain, signals[name].request, withUnknown);
        const result = process(bytes, name);
        if (result.kind !== "passed") throw new Error(result.kind);
        expect(unknownIn(result.bytes)).toBe(unknownIn(bytes));
      }),
      runs,
    );
  });

  it.each(Object.entries({ ...idle, ...busy }))("%s never throws on hostile bytes", (_name, process) => {
    fc.assert(
      fc.property(
        arbitraryRequest(name),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 }),
        (bytes, edits) => {
          const hostile = bytes.slice();
          for (const [at, byte] of edits) if (hostile.length > 0) hostile[at % hostile.length] = byte;
          expect(() => process(hostile, name)).not.toThrow();
        },
      ),
      runs,
    );
  });
});

function withUnknown(fields: WireField[]): WireField[] {
  return [...fields, { number: 2047, wireType: 2, raw: unknown, value: unknown.subarray(3) }];
}

function unknownIn(bytes: Uint8Array): number {
  return Buffer.from(bytes).toString("latin1").split(Buffer.from(unknown).toString("latin1")).length;
}
