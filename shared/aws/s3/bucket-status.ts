import type { IncomingMessage } from "node:http";
import { errorText } from "../../error-text.ts";
import { createS3Get, type S3GetOptions } from "./s3-get.ts";

/** Whom a bucket tells of new objects, and where its own access logs go. */
export type BucketStatus =
  | {
      readonly kind: "read";
      readonly tellsEventBridge: boolean;
      /** ARNs of queues, topics and functions that it notifies itself. */
      readonly notifies: readonly string[];
      readonly logsInto?: string;
    }
  | { readonly kind: "failed"; readonly reason: string };

const maxBytes = 1_048_576;
const timeoutMs = 10_000;

/** Asks S3 about a bucket (GetBucketNotificationConfiguration, GetBucketLogging). Never rejects. */
export async function readBucketStatus(
  { bucket, region }: { readonly bucket: string; readonly region: string },
  options: Omit<S3GetOptions, "idleMs">,
): Promise<BucketStatus> {
  const get = createS3Get({ ...options, idleMs: timeoutMs });
  const ask = async (about: "notification" | "logging", action: string) => {
    const answer = await get({ bucket, region, key: "", about, from: 0 }, AbortSignal.timeout(timeoutMs));
    const text = await textOf(answer);
    if (answer.statusCode === 200) return text;
    const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text)?.[1] ?? `HTTP ${answer.statusCode}`;
    throw new Error(`${action} on ${bucket} failed with ${code}`);
  };
  try {
    const notification = await ask("notification", "s3:GetBucketNotification");
    const logging = await ask("logging", "s3:GetBucketLogging");
    const [, logsInto] = /<TargetBucket>([^<]+)<\/TargetBucket>/.exec(logging) ?? [];
    return {
      kind: "read",
      tellsEventBridge: notification.includes("<EventBridgeConfiguration"),
      notifies: [...notification.matchAll(/<(?:Queue|Topic|CloudFunction)>(arn:[^<]+)</g)].map(([, arn = ""]) => arn),
      ...(logsInto !== undefined && { logsInto }),
    };
  } catch (error) {
    return { kind: "failed", reason: errorText(error) };
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
