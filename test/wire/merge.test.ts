import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { signalNames } from "../../shared/signal.ts";
import { merge } from "../../shared/wire/merge.ts";
import { scan } from "../../shared/wire/scan.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";

describe("merge()", () => {
  it.each(signalNames)("decodes to the union of %s in order", async (name) => {
    const { protobuf, items } = await corpusCase(name, "small");
    const merged = merge([protobuf, new Uint8Array(0), protobuf]);
    expect(scan(merged, signals[name].request)).toEqual({ kind: "scanned", items: 2 * items });
    const [resources] = Object.values(decodeWithOracle(protobuf, name)) as [unknown[]];
    expect(Object.values(decodeWithOracle(merged, name))).toEqual([[...resources, ...resources]]);
  });

  it("returns a lone request as it is, and nothing for none", () => {
    const request = new Uint8Array([10, 0]);
    expect(merge([request])).toBe(request);
    expect(merge([])).toEqual(new Uint8Array(0));
  });
});
