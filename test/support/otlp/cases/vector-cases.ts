import { signals } from "../../../../shared/otlp/signals.ts";
import { vectors } from "../vectors.ts";
import { hex } from "./bodies.ts";
import { type EdgeCase, json, protobuf } from "./edge-case.ts";

const statuses = { accept: 200, reject: 400, either: [200, 400] } as const;

/** Every vector of `test/fixtures/decoding.json`, as a request. */
export const vectorCases: readonly EdgeCase[] = vectors.map(({ name, signal, encoding, bodyHex, expect, items }) => ({
  name: `vector: ${name}`,
  path: signals[signal].path,
  headers: encoding === "json" ? json : protobuf,
  body: hex(bodyHex),
  expect: { status: statuses[expect], ...(items && { items }) },
}));
