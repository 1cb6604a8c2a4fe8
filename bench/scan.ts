import { signals } from "../shared/otlp/signals.ts";
import { signalNames } from "../shared/signal.ts";
import { scan } from "../shared/wire/scan.ts";
import { corpusCase, corpusSizes } from "../test/support/otlp/corpus.ts";
import { oracle } from "../test/support/otlp/oracle.ts";
import { type BenchCase, bench } from "./harness.ts";

/** The scan against the generated codec of OpenTelemetry's JavaScript packages: decoding, and decoding and encoding. */
const cases: Record<string, () => Promise<BenchCase>> = {};
for (const size of corpusSizes) {
  for (const name of signalNames) {
    cases[`${size} ${name}`] = async () => {
      const { protobuf } = await corpusCase(name, size);
      const codec = oracle[name];
      return {
        bytes: protobuf.length,
        contenders: {
          scan: () => scan(protobuf, signals[name].request),
          decode: () => codec.decode(protobuf),
          "decode + encode": () => codec.encode(codec.decode(protobuf)).finish(),
        },
      };
    };
  }
}

await bench(import.meta.url, { title: "Scanning protobuf", cases });
