import { awsProblem, isNoQueue } from "../aws-problem.ts";
import type { Sqs } from "./sqs.ts";

/** What SQS says about a queue; the counts are approximate. */
export interface QueueStatus {
  readonly kind: "read";
  readonly url: string;
  readonly arn: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly encrypted: boolean;
  readonly retentionSeconds: number;
  /** The largest message that it takes, bytes; absent where it does not say. */
  readonly maxMessageBytes?: number;
  /** ARN of the dead-letter queue that it is redriven to. */
  readonly redrivenTo?: string;
}

/** The counts of a queue, or why they cannot be read. */
export type QueueStatusRead =
  | QueueStatus
  /** `isAbsent`: there is no such queue. */
  | { readonly kind: "failed"; readonly reason: string; readonly isAbsent?: true };

/** Reads the attributes of the queue. Never rejects. */
export async function readQueueStatus(
  client: Pick<Sqs, "getQueueAttributes">,
  queueUrl: string,
): Promise<QueueStatusRead> {
  try {
    const { Attributes = {} } = await client.getQueueAttributes({ QueueUrl: queueUrl, AttributeNames: ["All"] });
    return { kind: "read", url: queueUrl, ...attributesOf(Attributes) };
  } catch (error) {
    return queueProblem(error, queueUrl);
  }
}

/** Why the attributes of a queue, by its URL or its name, cannot be read. */
export function queueProblem(error: unknown, queue: string): Exclude<QueueStatusRead, QueueStatus> {
  const reason = awsProblem(error, { action: "sqs:GetQueueAttributes", resource: `queue ${queue}` });
  return { kind: "failed", reason, ...(isNoQueue(error) && { isAbsent: true }) };
}

function attributesOf(attributes: Readonly<Record<string, string>>): Omit<QueueStatus, "kind" | "url"> {
  const number = (name: string) => Number(attributes[name] ?? 0);
  const redrivenTo = targetOf(attributes.RedrivePolicy);
  return {
    arn: attributes.QueueArn ?? "",
    waiting: number("ApproximateNumberOfMessages"),
    inFlight: number("ApproximateNumberOfMessagesNotVisible"),
    delayed: number("ApproximateNumberOfMessagesDelayed"),
    encrypted: attributes.SqsManagedSseEnabled === "true" || attributes.KmsMasterKeyId !== undefined,
    retentionSeconds: number("MessageRetentionPeriod"),
    ...(attributes.MaximumMessageSize !== undefined && { maxMessageBytes: number("MaximumMessageSize") }),
    ...(redrivenTo === undefined ? {} : { redrivenTo }),
  };
}

function targetOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  try {
    const { deadLetterTargetArn }: { deadLetterTargetArn?: unknown } = JSON.parse(redrivePolicy);
    return typeof deadLetterTargetArn === "string" ? deadLetterTargetArn : undefined;
  } catch {
    return undefined;
  }
}
