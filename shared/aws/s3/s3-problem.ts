import type { IncomingMessage } from "node:http";
import type { ObjectNotice } from "../../aws-events/objects/notice.ts";
import type { OpenedObject } from "../../aws-events/objects/object-source.ts";

type Problem = Exclude<OpenedObject, { readonly kind: "opened" }> | { readonly kind: "again"; readonly reason: string };

const maxTextBytes = 4096;

/** What an answer of S3 that is not the object means (S3 API reference, "Error responses"). Reads its body. Rejects as that does. */
export async function problemOf(answer: IncomingMessage, { bucket, key }: ObjectNotice): Promise<Problem> {
  const status = answer.statusCode ?? 0;
  const text = await textOf(answer);
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text)?.[1] ?? `HTTP ${status}`;
  const object = `s3://${bucket}/${key}`;
  if (status >= 500 || status === 429 || status === 408) return { kind: "again", reason: `S3 failed with ${code}` };
  if (code === "RequestTimeout") return { kind: "again", reason: `S3 failed with ${code}` };
  if (status === 404 && code !== "NoSuchBucket") return { kind: "gone", reason: `${object} was deleted (${code})` };
  if (status === 405) return { kind: "gone", reason: `${object} was deleted: there is a delete marker` };
  if (status === 412) return { kind: "gone", reason: `${object} was overwritten` };
  if (code === "InvalidObjectState") return { kind: "unusable", reason: `${object} is archived: restore it first` };
  if (status === 301) {
    const region = answer.headers["x-amz-bucket-region"] ?? "another region";
    return {
      kind: "failed",
      isOutage: false,
      reason: `the bucket ${bucket} is in ${String(region)}, not where its notice says`,
    };
  }
  if (status === 403) {
    const hint =
      "the role needs s3:GetObject, and kms:Decrypt where the bucket has a key; without s3:ListBucket the object may be gone";
    return { kind: "failed", isOutage: false, reason: `s3:GetObject on ${object} was refused with ${code}: ${hint}` };
  }
  return { kind: "failed", isOutage: false, reason: `S3 refused ${object} with ${code}` };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (size < maxTextBytes) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString("utf8", 0, maxTextBytes);
}
