import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { awsProblem } from "./aws-problem.ts";

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

export type QueueStatusRead = QueueStatus | { readonly kind: "failed"; readonly reason: string };

/** Reads the attributes of the queue: by URL, or by name where the URL is not known. Never rejects. */
export async function readQueueStatus(
  client: SQSClient,
  queue: { readonly url?: string | undefined; readonly name: string },
): Promise<QueueStatusRead> {
  const resource = queue.url ?? queue.name;
  try {
    const url = queue.url ?? (await client.send(new GetQueueUrlCommand({ QueueName: queue.name }))).QueueUrl;
    if (url === undefined) return { kind: "failed", reason: `There is no queue ${queue.name}.` };
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    return { kind: "read", url, ...attributesOf(Attributes) };
  } catch (error) {
    return {
      kind: "failed",
      reason: awsProblem(error, { action: "sqs:GetQueueAttributes", resource: `queue ${resource}` }),
    };
  }
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
