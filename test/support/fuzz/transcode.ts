import { signals } from "../../../shared/otlp/signals.ts";
import { transcode } from "../../../shared/otlp/transcode.ts";
import { scan } from "../../../shared/wire/scan.ts";
import { oracle } from "../otlp/oracle.ts";
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import { fuzzSeeds } from "./seeds.ts";

/** Any bytes as OTLP/JSON. What is accepted is JSON, and becomes protobuf that scan and the official codec read. */
export async function createTranscodeTarget(): Promise<FuzzTarget> {
  return { name: "transcode", seeds: await fuzzSeeds("json"), check };
}

function check({ bytes, signal: name }: FuzzInput): boolean {
  const transcoded = transcode(bytes, signals[name]);
  if (transcoded.kind === "rejected") {
    demand(transcoded.offset >= 0 && transcoded.offset <= bytes.length, "the offset lies outside of the bytes");
    demand(transcoded.message.length < 300 && transcoded.path.length < 1000, "the rejection is too long");
    return false;
  }
  // A byte order mark may be ignored (RFC 8259, section 8.1): the decoder takes it off.
  JSON.parse(new TextDecoder().decode(bytes));
  const scanned = scan(transcoded.bytes, signals[name].request);
  demand(scanned.kind === "scanned" && scanned.items === transcoded.items, "scan disagrees with transcode");
  demand(transcoded.bytes.length <= 5 * bytes.length, "the protobuf is longer than promised");
  oracle[name].decode(transcoded.bytes);
  return true;
}
