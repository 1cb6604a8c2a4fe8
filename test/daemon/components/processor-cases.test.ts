import { describe, expect, it } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { type OtlpConsumer, otlpConsumer } from "../../../daemon/controller/capsules.ts";
import type { ReceivedRequest } from "../../../shared/batch/accept.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import ottl from "../../fixtures/ottl.json" with { type: "json" };
import processors from "../../fixtures/processors.json" with { type: "json" };
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { normalizedOtlp } from "../../support/otlp/normalized-otlp.ts";
import { jsonOf, type ProcessorCase, protobufOf } from "../../support/otlp/processor-cases.ts";
import { countOf } from "../../support/otlp/wire-tree.ts";

const cases = ([...ottl.cases, ...processors.cases] as unknown as readonly ProcessorCase[]).filter(
  ({ processor }) => processor !== "resource",
);
/** Told to be missing: test/ottl/vectors.test.ts. */
const different = /\b(?:XXH3|XXH128|ExtractGrokPatterns|ParseXML)\b/;

const blockNames = new Set(
  (
    "statements trace_statements metric_statements log_statements traces metrics logs trace_conditions metric_conditions " +
    "log_conditions action include exclude attribute resource library log_severity"
  ).split(" "),
);

/** Arguments as a file has them. */
function alloyText(args: Record<string, unknown>, isTop = true): string {
  return Object.entries(args)
    .flatMap(([name, value]) => {
      const isBlock = blockNames.has(name) && typeof value === "object" && (isTop || !isListOfText(value));
      if (!isBlock) return [`${name} = ${JSON.stringify(value)}`];
      return [value].flat().map((each) => `${name} {\n${alloyText(each as Record<string, unknown>, false)}\n}`);
    })
    .join("\n");
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

describe("the processors, from a file", () => {
  it.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, example) => {
    const { signal, input, expect: expected } = example;
    if (different.test(JSON.stringify(example.arguments))) return;
    const requests: ReceivedRequest[] = [];
    const next: OtlpConsumer = {
      async accept(request) {
        requests.push(request);
        return { kind: "accepted" };
      },
    };
    const definition = components.get(`otelcol.processor.${example.processor}`);
    if (!definition) throw new Error(`there is no ${example.processor}`);
    const start = async () => {
      const text = `${alloyText(example.arguments)}\noutput { ${signal} = [next] }`;
      return runComponent(definition, decodeArguments(definition.arguments, text, { next: otlpConsumer.encode(next) }));
    };
    const error = expected.loadError ?? expected.createError;
    if (error !== undefined) {
      await expect(start()).rejects.toThrow();
      return;
    }
    const component = await start();
    const consumer = (component.exports() as { input: OtlpConsumer }).input;
    const bytes = protobufOf(input, signal);
    const items = countOf(bytes, signals[signal].request);
    const metadata = new Map(Object.entries(example.metadata ?? {}));
    const acceptance = await consumer.accept({ format: `otlp/${signal}`, items, bytes, metadata });
    await component.stop();
    if (expected.consumeError !== undefined) {
      expect(acceptance.kind).toBe("unavailable");
      return;
    }
    expect(acceptance).toEqual({ kind: "accepted" });
    const [request] = requests;
    const output = request ? jsonOf(request.bytes, signal) : null;
    expect(normalizedOtlp(output)).toEqual(normalizedOtlp(expected.output));
    if (request) expect(request.items).toBe(countOf(request.bytes, signals[signal].request));
  });
});
