import { readFileSync } from "node:fs";
import type { Encoding } from "../../../shared/otlp/encoding.ts";
import { type SignalName, signals } from "../../../shared/otlp/signals.ts";
import { hex } from "./bodies.ts";
import { type EdgeCase, json, protobuf } from "./edge-case.ts";

interface Vector {
  readonly name: string;
  readonly signal: SignalName;
  readonly encoding: Encoding;
  readonly bodyHex: string;
  readonly expect: "accept" | "reject" | "either";
  readonly items?: readonly number[];
}

const file = new URL("../../fixtures/decoding.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, "utf8")) as { readonly vectors: readonly Vector[] };
const statuses = { accept: 200, reject: 400, either: [200, 400] } as const;

/** Every vector of `test/fixtures/decoding.json`, as a request. */
export const vectorCases: readonly EdgeCase[] = vectors.map(({ name, signal, encoding, bodyHex, expect, items }) => ({
  name: `vector: ${name}`,
  path: signals[signal].path,
  headers: encoding === "json" ? json : protobuf,
  body: hex(bodyHex),
  expect: { status: statuses[expect], ...(items && { items }) },
}));
