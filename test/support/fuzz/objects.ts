import { readObject } from "../../../shared/aws-events/objects/read-object.ts";
import { signalNames } from "../../../shared/signal.ts";
import { createManualClock } from "../manual-clock.ts";
import { memoryObject } from "../memory-object.ts";
import { corpusBytes, objectCorpus } from "../objects/object-corpus.ts";
import { demand, type FuzzInput, type FuzzTarget } from "./fuzz.ts";
import type { Seeds } from "./seeds.ts";

const keys = [
  ...Object.values(objectCorpus).map(({ key }) => key),
  "AWSLogs/123456789012/WAFLogs/us-east-1/acl/x.log.gz",
  "E2ABCDEF123456.2024-03-01-12.abcdef01.gz",
  "2024-03-02-08-09-10-0123456789ABCDEF",
  "123456789012_elasticloadbalancing_us-east-1_net.a.b_20240301T1200Z_x.log.gz",
  "123456789012_elasticloadbalancing_us-east-1_classic_20240301T1200Z_x.log",
];
const header = "#Version: 1.0\n#Fields: date time c-ip cs(Cookie)\n2024-03-01\t12:00:00\t203.0.113.7\ta=b\n";
const waf = '{"webaclId":"a","timestamp":1709294400123,"httpRequest":{"headers":[{"name":"Cookie","value":"a"}]}}\n';

/** Any bytes as an object of any kind: read in whatever chunks, they come to the same records, and every line is accounted for. */
export async function createObjectsTarget(): Promise<FuzzTarget> {
  const objects = Object.values(objectCorpus).map((corpus) => corpusBytes(corpus, 3));
  const bytes = [...objects, Buffer.from(header), Buffer.from(waf)];
  const seeds = Object.fromEntries(signalNames.map((signal) => [signal, bytes])) as unknown as Seeds;
  return { name: "objects", seeds, check };
}

async function check({ bytes, dice }: FuzzInput): Promise<boolean> {
  const key = keys[dice.below(keys.length)] as string;
  const [one, other] = [1 + dice.below(50), 1 + dice.below(5000)];
  const [left, right] = [await read(key, bytes, one), await read(key, bytes, other)];
  demand(left.text === right.text, `chunks of ${one} and of ${other} bytes come to other records`);
  demand(left.outcome.position.offset <= bytes.length, "the position is behind the end");
  demand(left.outcome.kind === "read" || left.outcome.kind === "unusable", `the outcome is ${left.outcome.kind}`);
  return left.outcome.kind === "read" && left.outcome.unrecognised === 0;
}

async function read(key: string, bytes: Uint8Array, chunkBytes: number) {
  const clock = createManualClock();
  const requests: string[] = [];
  const outcome = await readObject(
    { bucket: "b", key, region: "us-east-1" },
    {
      source: memoryObject(bytes, { chunkBytes }),
      clock,
      maxRequestBytes: 3000,
      maxLineBytes: 2000,
      accept: async (request) => {
        requests.push(Buffer.from(request.bytes).toString("base64"));
        return { kind: "accepted" };
      },
    },
    Number.POSITIVE_INFINITY,
  );
  return { outcome, text: JSON.stringify([requests, outcome]) };
}
