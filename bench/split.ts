import { inspect } from "../shared/batch/inspect.ts";
import { formatOf, signals } from "../shared/otlp/signals.ts";
import { signalNames } from "../shared/signal.ts";
import { merge } from "../shared/wire/merge.ts";
import { scan } from "../shared/wire/scan.ts";
import { split } from "../shared/wire/split.ts";
import { corpusCase } from "../test/support/otlp/corpus.ts";
import { oracle } from "../test/support/otlp/oracle.ts";
import { lengthDelimited } from "../test/support/otlp/wire-tree.ts";
import { type BenchCase, bench } from "./harness.ts";

/** Cutting a large request, against decoding and encoding it once, which any split of decoded objects costs at least. */
const cases: Record<string, () => Promise<BenchCase>> = {};
for (const name of signalNames) {
  cases[`large ${name}`] = async () => {
    const { protobuf, items } = await corpusCase(name, "large");
    const signal = signals[name];
    const codec = oracle[name];
    const halves = split(protobuf, signal.request, { maxBytes: protobuf.length / 2 }).parts.map((part) => part.bytes);
    return {
      bytes: protobuf.length,
      contenders: {
        "split into 256 KiB": () => split(protobuf, signal.request, { maxBytes: 262_144 }),
        "split in two": () =>
          split(protobuf, signal.request, { maxBytes: protobuf.length, maxItems: Math.ceil(items / 2) }),
        "split into single items": () => split(protobuf, signal.request, { maxBytes: protobuf.length, maxItems: 1 }),
        "merge of halves": () => merge(halves),
        inspect: () => inspect(protobuf, formatOf(signal)),
        "decode + encode": () => codec.encode(codec.decode(protobuf)).finish(),
      },
    };
  };
}

/** What a hostile request is made of: a few bytes each, millions of them. */
const tiny = {
  "tiny items": lengthDelimited(1, lengthDelimited(2, Buffer.alloc(8 * 2 ** 20, "\x12\0"))),
  "tiny groups": Buffer.alloc(6_000_000, Buffer.from("0a0412021200", "hex")),
  "tiny header fields": lengthDelimited(
    1,
    lengthDelimited(2, Buffer.alloc(8 * 2 ** 20, Buffer.from("12001a00", "hex"))),
  ),
};
for (const [name, protobuf] of Object.entries(tiny)) {
  cases[name] = async () => ({
    bytes: protobuf.length,
    contenders: {
      "split into 1 MiB": () => split(protobuf, signals.traces.request, { maxBytes: 2 ** 20 }),
      scan: () => scan(protobuf, signals.traces.request),
    },
  });
}

await bench(import.meta.url, { title: "Splitting protobuf", cases, rounds: 3 });
