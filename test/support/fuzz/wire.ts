import { inspect } from "../../../shared/batch/inspect.ts";
import { formatOf, type Signal, signals } from "../../../shared/otlp/signals.ts";
import { merge } from "../../../shared/wire/merge.ts";
import { scan } from "../../../shared/wire/scan.ts";
import type { Message } from "../../../shared/wire/schema.ts";
import { split } from "../../../shared/wire/split.ts";
import type { Dice } from "../otlp/mutate.ts";
import { oracle } from "../otlp/oracle.ts";
import { countOf, leavesOf, readFields } from "../otlp/wire-tree.ts";
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import { fuzzSeeds } from "./seeds.ts";

/** Any bytes through scan, inspect, split and merge. What scan accepts, protobufjs reads and counts the same. */
export async function createWireTarget(): Promise<FuzzTarget> {
  return { name: "wire", seeds: await fuzzSeeds("protobuf"), check };
}

function check({ bytes, signal: name, dice }: FuzzInput): boolean {
  const signal = signals[name];
  inspect(bytes, formatOf(signal));
  const scanned = scan(bytes, signal.request);
  if (scanned.kind === "rejected") {
    demand(scanned.offset >= 0 && scanned.offset < bytes.length, "the offset lies outside of the bytes");
    demand(scanned.message.length < 300 && scanned.path.length < 1000, "the rejection is too long");
    return false;
  }
  if (!isMisread(bytes, signal.request)) oracle[name].decode(bytes);
  demand(countOf(bytes, signal.request) === scanned.items, "scan counts wrong");
  checkSplit(bytes, signal, { dice, items: scanned.items });
  const twice = scan(merge([bytes, bytes]), signal.request);
  demand(twice.kind === "scanned" && twice.items === 2 * scanned.items, "merging changes the count");
  return true;
}

/**
 * Where the official codec is no oracle: protobufjs takes the varint of a 32-bit field for five bytes or for ten, and goes
 * astray in those of six to nine, which every other parser reads.
 */
function isMisread(bytes: Uint8Array, message: Message): boolean {
  return readFields(bytes).some((wire) => {
    const field = message.fields.find(({ number }) => number === wire.number);
    if (field?.message && wire.value) return isMisread(wire.value, field.message);
    const size = wire.raw.length - (wire.number < 16 ? 1 : 2);
    return field !== undefined && wire.wireType === 0 && /32|enum/.test(field.type) && size > 5 && size < 10;
  });
}

function checkSplit(bytes: Uint8Array, signal: Signal, { dice, items }: { dice: Dice; items: number }): void {
  const limits = { maxBytes: 1 + dice.below(bytes.length + 20), maxItems: 1 + dice.below(4) };
  const { parts, tooLarge } = split(bytes, signal.request, limits);
  for (const part of parts) {
    const scanned = scan(part.bytes, signal.request);
    demand(scanned.kind === "scanned" && scanned.items === part.items, "a part is not what it says");
    demand(part.bytes.length <= limits.maxBytes && part.items <= limits.maxItems, "a part is over its limits");
  }
  const sum = [...parts, ...tooLarge].reduce((total, part) => total + part.items, 0);
  demand(sum === items, "a split loses items");
  if (tooLarge.length > 0) return;
  const leaves = parts.flatMap((part) => leavesOf(part.bytes, signal));
  demand(leaves.join() === leavesOf(bytes, signal).join(), "a split changes items or what stands around them");
}
