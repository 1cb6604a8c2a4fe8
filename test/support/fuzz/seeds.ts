import { signals } from "../../../shared/otlp/signals.ts";
import { type SignalName, signalNames } from "../../../shared/signal.ts";
import { split } from "../../../shared/wire/split.ts";
import { toJson } from "../../../shared/wire/to-json.ts";
import { corpusCase } from "../otlp/corpus.ts";
import { vectors } from "../otlp/vectors.ts";

export type Seeds = Readonly<Record<SignalName, readonly Uint8Array[]>>;

/**
 * What mutations start from: what real SDKs send, one item with its resource and scope at a time, short enough that
 * mutations hit something; and the decoding vectors, good and bad.
 */
export async function fuzzSeeds(encoding: "protobuf" | "json"): Promise<Seeds> {
  const seeds: Record<SignalName, Uint8Array[]> = { traces: [], metrics: [], logs: [] };
  for (const name of signalNames) seeds[name] = [...(await singleItems(name, encoding)), ...vectorsOf(name, encoding)];
  return seeds;
}

async function singleItems(name: SignalName, encoding: "protobuf" | "json"): Promise<Uint8Array[]> {
  const { protobuf } = await corpusCase(name, "small");
  const { parts } = split(protobuf, signals[name].request, { maxBytes: protobuf.length, maxItems: 1 });
  if (encoding === "protobuf") return parts.map((part) => part.bytes);
  return parts.map((part) => Buffer.from(JSON.stringify(toJson(part.bytes, signals[name].request))));
}

function vectorsOf(name: SignalName, wanted: "protobuf" | "json"): Uint8Array[] {
  const ours = vectors.filter(({ signal, encoding }) => signal === name && encoding === wanted);
  return ours.map(({ bodyHex }) => Buffer.from(bodyHex, "hex")).filter((bytes) => bytes.length > 0);
}
