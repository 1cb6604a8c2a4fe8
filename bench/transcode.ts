import { signals } from "../shared/otlp/signals.ts";
import { transcode } from "../shared/otlp/transcode.ts";
import { signalNames } from "../shared/signal.ts";
import { corpusCase, corpusSizes } from "../test/support/otlp/corpus.ts";
import { oracle } from "../test/support/otlp/oracle.ts";
import { type BenchCase, bench } from "./harness.ts";

/**
 * JSON to protobuf, against `JSON.parse` alone (of a string that is there already, and of bytes), with a reviver that
 * sees the source of numbers, and with the generated codec of OpenTelemetry's JavaScript packages behind it.
 */
const cases: Record<string, () => Promise<BenchCase>> = {};
for (const size of corpusSizes) {
  for (const name of signalNames) {
    cases[`${size} ${name}`] = async () => {
      const { json } = await corpusCase(name, size);
      const signal = signals[name];
      const codec = oracle[name];
      const decoder = new TextDecoder();
      const text = decoder.decode(json);
      return {
        bytes: json.length,
        contenders: {
          transcode: () => transcode(json, signal),
          "JSON.parse": () => JSON.parse(text),
          "decode, JSON.parse": () => JSON.parse(decoder.decode(json)),
          "JSON.parse with source": () => JSON.parse(text, keepSource),
          "JSON.parse, codec": () => codec.encode(codec.fromObject(JSON.parse(decoder.decode(json)))).finish(),
        },
      };
    };
  }
}

function keepSource(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? context?.source : value;
}

await bench(import.meta.url, { title: "Transcoding JSON", cases });
