import { describe, expect, expectTypeOf, it } from "vitest";
import { type OtlpConsumer, otlpConsumer } from "../../../daemon/controller/capsules.ts";
import { defineComponent } from "../../../daemon/controller/component.ts";
import {
  attribute,
  block,
  blocks,
  blockWithDefaults,
  defaultsOf,
  family,
  labelledBlocks,
  required,
  requiredBlock,
  table,
} from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../shared/alloy/plain-types.ts";
import { duration, secret, string } from "../../../shared/alloy/text-types.ts";
import type { Secret } from "../../../shared/secret.ts";

const queue = table({ size: attribute(int, { default: 10 }) });
const args = table({
  targets: required(list(target)),
  output: required(list(otlpConsumer)),
  interval: attribute(duration, { default: 60_000 }),
  token: attribute(secret),
  first: block(queue),
  second: blockWithDefaults(queue, { absent: { size: 3 } }),
  third: requiredBlock(queue),
  rule: blocks(queue),
  named: labelledBlocks(queue),
  stage: family({ a: queue, b: table({ text: attribute(string) }) }),
});

describe("defineComponent()", () => {
  it("takes the types of arguments and exports from their tables", () => {
    const definition = defineComponent({
      name: "test.one",
      stability: "generally-available",
      arguments: args,
      exports: { input: otlpConsumer, ready: bool },
      build(built, context) {
        expectTypeOf(built.targets).toEqualTypeOf<readonly Target[]>();
        expectTypeOf(built.output).toEqualTypeOf<readonly OtlpConsumer[]>();
        expectTypeOf(built.token).toEqualTypeOf<Secret | undefined>();
        expectTypeOf(built.first?.size).toEqualTypeOf<number | undefined>();
        expectTypeOf(built.second.size).toEqualTypeOf<number>();
        expectTypeOf(built.named[0]?.label).toEqualTypeOf<string | undefined>();
        const stage = built.stage[0];
        if (stage?.member === "b") expectTypeOf(stage.args.text).toEqualTypeOf<string>();
        const input: OtlpConsumer = { accept: async () => ({ kind: "accepted" }) };
        context.setExports({ input, ready: true });
        return { exports: { input, ready: false }, update() {} };
      },
    });
    expect(definition.name).toBe("test.one");
  });

  it("knows the defaults", () => {
    expect(defaultsOf(args)).toMatchObject({ interval: 60_000, first: undefined, second: { size: 3 }, rule: [] });
  });
});
