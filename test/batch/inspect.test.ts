import { describe, expect, it } from "vitest";
import { inspect } from "../../shared/batch/inspect.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../shared/signal.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { corpusEpoch } from "../support/otlp/corpus-values.ts";
import { asCollectorWrites, lengthDelimited, rearrange } from "../support/otlp/wire-tree.ts";

describe("inspect()", () => {
  it.each<[SignalName, readonly string[], number, number]>([
    ["traces", ["shop-frontend", "shop-orders", "shop-payments", "shop-stock"], 0, 5110],
    ["metrics", ["shop-frontend", "legacy-0", "shop-orders", "legacy-1", "shop-payments"], 60_123, 60_123],
    ["logs", ["shop-frontend", "shop-orders", "shop-payments", "shop-stock"], 0, 5110],
  ])("finds services and times in %s", async (name, services, oldest, newest) => {
    const { protobuf } = await corpusCase(name, "typical");
    const epoch = corpusEpoch * 1000;
    const found = { services, oldestAt: epoch + oldest, newestAt: epoch + newest };
    expect(inspect(protobuf, `otlp/${name}`)).toEqual(found);
    const reversed = rearrange(protobuf, signals[name].request, asCollectorWrites);
    expect(inspect(reversed, `otlp/${name}`)).toEqual(found);
  });

  it("prefers a log record's own time to the time of its observation, unless it is 0", () => {
    const record = (time: bigint, observed: bigint): Uint8Array =>
      within([1, 2, 2], Buffer.concat([fixed64(11, observed), fixed64(1, time)]));
    const [second, third] = [2_000_000_000n, 3_000_000_000n];
    expect(inspect(record(second, third), "otlp/logs")).toEqual({ services: [], oldestAt: 2000, newestAt: 2000 });
    expect(inspect(record(0n, third), "otlp/logs")).toEqual({ services: [], oldestAt: 3000, newestAt: 3000 });
    expect(inspect(record(0n, 0n), "otlp/logs")).toEqual({ services: [] });
  });

  it("keeps to five services, each of bounded length and named once", () => {
    const names = ["a", "a", "", "b", "c", "d".repeat(1000), "e", "f"];
    const { services } = inspect(Buffer.concat(names.map(resourceOf)), "otlp/traces");
    expect(services).toEqual(["a", "b", "c", "d".repeat(255), "e"]);
  });

  it.each(signalNames)("takes any beginning of %s without throwing", async (name) => {
    const { protobuf } = await corpusCase(name, "small");
    for (let end = 0; end < protobuf.length; end++) inspect(protobuf.subarray(0, end), `otlp/${name}`);
    expect(inspect(new Uint8Array(0), `otlp/${name}`)).toEqual({ services: [] });
  });
});

function resourceOf(service: string): Uint8Array {
  const value = lengthDelimited(2, lengthDelimited(1, Buffer.from(service)));
  return within([1, 1, 1], Buffer.concat([value, lengthDelimited(1, Buffer.from("service.name"))]));
}

function fixed64(number: number, value: bigint): Uint8Array {
  const bytes = Buffer.alloc(9, number * 8 + 1);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

function within(numbers: readonly number[], content: Uint8Array): Uint8Array {
  return numbers.toReversed().reduce((bytes, number) => lengthDelimited(number, bytes), content);
}
