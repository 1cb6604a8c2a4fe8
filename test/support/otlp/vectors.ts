import { readFileSync } from "node:fs";
import type { Encoding } from "../../../shared/otlp/encoding.ts";
import type { SignalName } from "../../../shared/signal.ts";

/** A request body with the verdict that is expected of it; `either` may be answered as one likes, but never with 5xx. */
export interface Vector {
  readonly name: string;
  readonly signal: SignalName;
  readonly encoding: Encoding;
  readonly bodyHex: string;
  readonly expect: "accept" | "reject" | "either";
  /** The item counts that are tolerated. */
  readonly items?: readonly number[];
}

const file = new URL("../../fixtures/decoding.json", import.meta.url);

/** Every vector of `test/fixtures/decoding.json`. */
export const vectors: readonly Vector[] = JSON.parse(readFileSync(file, "utf8")).vectors;
