import { signals } from "../../../shared/otlp/signals.ts";
import { transcode } from "../../../shared/otlp/transcode.ts";
import type { OttlHost } from "../../../shared/ottl/host.ts";
import type { SignalName } from "../../../shared/signal.ts";
import { toJson } from "../../../shared/wire/to-json.ts";

/** A case of the real processors: their arguments, a request, and what came of it. */
export interface ProcessorCase {
  readonly name: string;
  readonly processor: string;
  readonly arguments: Record<string, unknown>;
  readonly signal: SignalName;
  readonly input: unknown;
  readonly tier?: "core" | "nice" | "rare";
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
  readonly expect: {
    readonly loadError?: string;
    readonly createError?: string;
    readonly consumeError?: string;
    readonly warnings?: readonly string[];
    readonly output?: unknown;
  };
}

/** OTLP/JSON as protobuf. */
export function protobufOf(input: unknown, signal: SignalName): Uint8Array {
  const result = transcode(new TextEncoder().encode(JSON.stringify(input)), signals[signal]);
  if (result.kind === "rejected") throw new Error(`${result.path}: ${result.message}`);
  return result.bytes;
}

/** Protobuf as OTLP/JSON. */
export function jsonOf(bytes: Uint8Array, signal: SignalName): unknown {
  return toJson(bytes, signals[signal].request);
}

/** A clock and randomness that stand still. */
export const fixedHost: OttlHost = { now: () => 1_700_000_000_000_000_000n, randomBytes: () => new Uint8Array(16) };
