import { inspect } from "../shared/otlp/inspect.ts";
import { merge } from "../shared/otlp/merge.ts";
import { signalNames, signals } from "../shared/otlp/signals.ts";
import { split } from "../shared/otlp/split.ts";
import { corpusCase } from "../test/support/corpus.ts";
import { oracle } from "../test/support/oracle.ts";
import { type BenchCase, bench } from "./harness.ts";

/** Cutting a large request, against decoding and encoding it once, which any split of decoded objects costs at least. */
const cases: Record<string, () => Promise<BenchCase>> = {};
for (const name of signalNames) {
  cases[`large ${name}`] = async () => {
    const { protobuf, items } = await corpusCase(name, "large");
    const signal = signals[name];
    const codec = oracle[name];
    const halves = split(protobuf, signal, { maxBytes: protobuf.length / 2 }).parts.map((part) => part.bytes);
    return {
      bytes: protobuf.length,
      contenders: {
        "split into 256 KiB": () => split(protobuf, signal, { maxBytes: 262_144 }),
        "split in two": () => split(protobuf, signal, { maxBytes: protobuf.length, maxItems: Math.ceil(items / 2) }),
        "split into single items": () => split(protobuf, signal, { maxBytes: protobuf.length, maxItems: 1 }),
        "merge of halves": () => merge(halves),
        inspect: () => inspect(protobuf, signal),
        "decode + encode": () => codec.encode(codec.decode(protobuf)).finish(),
      },
    };
  };
}

await bench(import.meta.url, { title: "Splitting protobuf", cases, rounds: 3 });
