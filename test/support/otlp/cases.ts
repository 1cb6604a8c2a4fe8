import type { EdgeCase } from "./cases/edge-case.ts";
import { httpCases } from "./cases/http-cases.ts";
import { jsonCases } from "./cases/json-cases.ts";
import { protobufCases } from "./cases/protobuf-cases.ts";
import { vectorCases } from "./cases/vector-cases.ts";

/** Every case that the edge is held to, whatever carries it: the same table runs through events and over HTTP. */
export const edgeCases: readonly EdgeCase[] = [...httpCases, ...protobufCases, ...jsonCases, ...vectorCases];
