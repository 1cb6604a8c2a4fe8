import { describe, expect, it } from "vitest";
import { loadTransform } from "../../shared/processors/transform.ts";
import fixture from "../fixtures/ottl.json" with { type: "json" };
import found from "../fixtures/ottl-found.json" with { type: "json" };
import { normalizedOtlp } from "../support/otlp/normalized-otlp.ts";
import { fixedHost, jsonOf, type ProcessorCase, protobufOf } from "../support/otlp/processor-cases.ts";

const cases = [...fixture.cases, ...found.cases] as unknown as readonly ProcessorCase[];

describe("otelcol.processor.transform", () => {
  it.each(cases.map((each) => [each.name, each] as const))(
    "%s",
    (_name, { arguments: args, signal, input, expect: expected }) => {
      const errors: string[] = [];
      const loaded = loadTransform(args, { host: fixedHost, onError: ({ reason }) => errors.push(reason) });
      if (expected.loadError !== undefined) {
        expect(loaded.kind).toBe("rejected");
        return;
      }
      if (loaded.kind === "rejected") throw new Error(loaded.problems.join("\n"));
      const result = loaded.process(protobufOf(input, signal), signal);
      if (expected.consumeError !== undefined) {
        expect(result.kind).toBe("refused");
        return;
      }
      if (result.kind === "refused") throw new Error(result.reason);
      const output = result.kind === "passed" ? jsonOf(result.bytes, signal) : null;
      expect(normalizedOtlp(output)).toEqual(normalizedOtlp(expected.output));
      expect(errors).toHaveLength(expected.warnings?.length ?? 0);
    },
  );
});
