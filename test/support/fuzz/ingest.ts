import { deflateSync, gzipSync } from "node:zlib";
import { createIngest } from "../../../functions/ingest.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { decodeStatus } from "../../../shared/rpc/status.ts";
import { scan } from "../../../shared/wire/scan.ts";
import { answerOf } from "../lambda/lambda-events.ts";
import { type Dice, mutate } from "../otlp/mutate.ts";
import { createRecordingAccept } from "../queue/recording-accept.ts";
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import { fuzzSeeds } from "./seeds.ts";

const maxBodyBytes = 65_536;
const expected = new Set([200, 400, 413, 415]);

/** Mutated bodies in every coding, mutated once more after compression, through the ingest function: ALB event to answer. */
export async function createIngestTarget(): Promise<FuzzTarget> {
  const [protobuf, json] = [await fuzzSeeds("protobuf"), await fuzzSeeds("json")];
  const merged = { traces: both("traces"), metrics: both("metrics"), logs: both("logs") };
  return { name: "ingest", seeds: merged, check };

  function both(name: "traces" | "metrics" | "logs"): Uint8Array[] {
    return [...protobuf[name], ...json[name]];
  }
}

async function check({ bytes, signal: name, dice }: FuzzInput): Promise<boolean> {
  const { accept, received } = createRecordingAccept();
  const ingest = createIngest({ accept, maxBodyBytes, emit: () => {} });
  const isJson = bytes[0] === 0x7b;
  const { body, coding } = encode(bytes, dice);
  const answer = answerOf(
    await ingest({
      requestContext: { elb: { targetGroupArn: "arn" } },
      httpMethod: "POST",
      path: signals[name].path,
      headers: {
        "content-type": isJson ? "application/json" : "application/x-protobuf",
        ...(coding && { "content-encoding": coding }),
      },
      body: Buffer.from(body).toString("base64"),
      isBase64Encoded: true,
    }),
  );
  demand(expected.has(answer.status), `status ${answer.status}`);
  if (answer.status !== 200) {
    demand(received.length === 0, "something refused was kept");
    const status = decodeStatus(answer.body, isJson ? "json" : "protobuf");
    demand(status !== undefined && status.message !== "", "the answer is not a Status with a message");
    return false;
  }
  const [request] = received;
  if (request) {
    const scanned = scan(request.bytes, signals[name].request);
    demand(scanned.kind === "scanned" && scanned.items === request.items, "what was kept does not pass scan");
  }
  return true;
}

function encode(bytes: Uint8Array, dice: Dice): { body: Uint8Array; coding?: string } {
  switch (dice.below(6)) {
    case 0:
      return { body: gzipSync(bytes, { level: 1 }), coding: "gzip" };
    case 1:
      return { body: mutate(gzipSync(bytes, { level: 1 }), dice, bytes), coding: "gzip" };
    case 2:
      return { body: mutate(deflateSync(bytes), dice, bytes), coding: "deflate" };
    case 3:
      return { body: bytes, coding: ["gzip", "zstd", "snappy", "br", "identity"][dice.below(5)] ?? "gzip" };
    default:
      return { body: bytes };
  }
}
