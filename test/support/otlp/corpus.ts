import { gzipSync } from "node:zlib";
import type { SignalName } from "../../../shared/signal.ts";
import { recordLogs } from "./corpus-logs.ts";
import { recordMetrics } from "./corpus-metrics.ts";
import { recordTraces } from "./corpus-traces.ts";

/** A request as OTLP/HTTP carries it, in both encodings. */
export interface CorpusBodies {
  readonly protobuf: Uint8Array;
  readonly json: Uint8Array;
}

export interface CorpusShape {
  readonly items: number;
  readonly resources: number;
}

export interface CorpusCase extends CorpusBodies {
  readonly signal: SignalName;
  readonly format: `otlp/${SignalName}`;
  readonly size: CorpusSize;
  readonly items: number;
  /** `protobuf` in one gzip member. */
  readonly gzip: Uint8Array;
}

export type CorpusSize = keyof typeof shapes;

/** Small: ten items. Typical: what an SDK's batch processor sends, 512 items. Large: about 4 MB. */
const shapes = {
  small: {
    traces: { items: 10, resources: 1 },
    metrics: { items: 10, resources: 1 },
    logs: { items: 10, resources: 1 },
  },
  typical: {
    traces: { items: 512, resources: 4 },
    metrics: { items: 512, resources: 4 },
    logs: { items: 512, resources: 4 },
  },
  large: {
    traces: { items: 8192, resources: 8 },
    metrics: { items: 10_000, resources: 8 },
    logs: { items: 8192, resources: 8 },
  },
} satisfies Record<string, Record<SignalName, CorpusShape>>;

export const corpusSizes = Object.keys(shapes) as readonly CorpusSize[];

const recorders = { traces: recordTraces, metrics: recordMetrics, logs: recordLogs };
const cases = new Map<string, Promise<CorpusCase>>();

/** A request as real SDKs write it, the same bytes in every run, recorded once in a process. */
export function corpusCase(signal: SignalName, size: CorpusSize): Promise<CorpusCase> {
  const key = `${size} ${signal}`;
  const known = cases.get(key) ?? record(signal, size);
  cases.set(key, known);
  return known;
}

async function record(signal: SignalName, size: CorpusSize): Promise<CorpusCase> {
  const shape = shapes[size][signal];
  const bodies = await recorders[signal](shape);
  return { signal, format: `otlp/${signal}`, size, items: shape.items, ...bodies, gzip: gzipSync(bodies.protobuf) };
}
