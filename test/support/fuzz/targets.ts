import type { FuzzTarget } from "./fuzz.ts";
import { createIngestTarget } from "./ingest.ts";
import { createTranscodeTarget } from "./transcode.ts";
import { createWireTarget } from "./wire.ts";

/** Everything that hostile input reaches: a new target is a row here. */
export const fuzzTargets: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  wire: createWireTarget,
  transcode: createTranscodeTarget,
  ingest: createIngestTarget,
};
