import { describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { transcode } from "../../shared/otlp/transcode.ts";
import { signalNames } from "../../shared/signal.ts";
import { scan } from "../../shared/wire/scan.ts";
import { toJson } from "../../shared/wire/to-json.ts";
import { corpusCase } from "../support/otlp/corpus.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";
import { vectors } from "../support/otlp/vectors.ts";

describe("toJson()", () => {
  it.each(signalNames)("shows %s so that transcode() writes them again", async (name) => {
    const { protobuf } = await corpusCase(name, "small");
    const shown = toJson(protobuf, signals[name].request);
    const again = transcode(Buffer.from(JSON.stringify(shown)), signals[name]);
    if (again.kind === "rejected") expect.fail(`${again.path}: ${again.message}`);
    expect(withoutZeros(toJson(again.bytes, signals[name].request))).toEqual(withoutZeros(shown));
    expect(withoutZeros(decodeWithOracle(again.bytes, name))).toEqual(withoutZeros(decodeWithOracle(protobuf, name)));
  });

  it.each(vectors.filter(({ encoding }) => encoding === "protobuf"))(
    "shows the vector $name if scan() takes it",
    (vector) => {
      const bytes = Buffer.from(vector.bodyHex, "hex");
      const scanned = scan(bytes, signals[vector.signal].request);
      if (scanned.kind === "rejected") return;
      const shown = Buffer.from(JSON.stringify(toJson(bytes, signals[vector.signal].request)));
      expect(transcode(shown, signals[vector.signal])).toMatchObject({ kind: "transcoded", items: scanned.items });
    },
  );

  it.each<[string, string, unknown]>([
    [
      "an id in lower-case hex",
      "0a105b8efff798038103d269b633813fc60c",
      { traceId: "5b8efff798038103d269b633813fc60c" },
    ],
    ["the last of two names", "2a01612a0162", { name: "b" }],
    ["two parts of one message as one", "7a031201617a021802", { status: { message: "a", code: 2 } }],
    ["64 bits as a string", "39ffffffffffffffff", { startTimeUnixNano: "18446744073709551615" }],
    ["a negative enum value", "30ffffffffffffffffff01", { kind: -1 }],
    ["the last member of a oneof", "4a09120718010a01611802", { attributes: [{ value: { intValue: "2" } }] }],
    ["bytes in base64", "4a0612043a02fbff", { attributes: [{ value: { bytesValue: "+/8=" } }] }],
    ["NaN as a string", "4a0b120921000000000000f87f", { attributes: [{ value: { doubleValue: "NaN" } }] }],
    ["the sign of zero", "4a0b1209210000000000000080", { attributes: [{ value: { doubleValue: "-0" } }] }],
    ["nothing of unknown fields", "a0060130022a0161", { kind: 2, name: "a" }],
  ])("shows %s", (_, fields, span) => {
    expect(toJson(within([1, 2, 2], fields), signals.traces.request)).toEqual({
      resourceSpans: [{ scopeSpans: [{ spans: [span] }] }],
    });
  });

  it("shows spans in the deprecated field 1000 with the others", () => {
    const scope = "12032a0161";
    const bytes = Buffer.from(`0a0f1205${scope}c23e05${scope}`, "hex");
    expect(toJson(bytes, signals.traces.request)).toEqual({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: "a" }] }, { spans: [{ name: "a" }] }] }],
    });
  });
});

/** A message inside fields of these numbers, given in hexadecimal. */
function within(fields: readonly number[], hex: string): Uint8Array {
  return fields.reduceRight<Buffer>(
    (content, field) => Buffer.concat([Buffer.of(field * 8 + 2, content.length), content]),
    Buffer.from(hex, "hex"),
  );
}

/** Without fields that are zero: most mean the same as none. Elements of arrays and members of AnyValue stay. */
function withoutZeros(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    [0, "0", "", false].includes(inner) && !/^\d+$|Value$/.test(key) ? undefined : inner,
  );
}
