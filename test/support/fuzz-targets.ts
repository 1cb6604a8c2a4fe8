import type { FuzzTarget } from "./fuzz.ts";
import { createIngestTarget } from "./fuzz-ingest.ts";
import { createTranscodeTarget } from "./fuzz-transcode.ts";
import { createWireTarget } from "./fuzz-wire.ts";

/** Everything that hostile input reaches: a new target is a row here. */
export const fuzzTargets: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  wire: createWireTarget,
  transcode: createTranscodeTarget,
  ingest: createIngestTarget,
};
