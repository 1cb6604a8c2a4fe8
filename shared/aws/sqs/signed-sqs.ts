import { hash } from "node:crypto";
import type { Answer, CallOptions } from "../aws-call.ts";
import { type AwsJsonOptions, createAwsJson } from "../aws-json.ts";
import type { Sqs } from "./sqs.ts";

export interface SignedSqsOptions
  extends Pick<AwsJsonOptions, "identity" | "transport" | "clock" | "random" | "maxAttempts"> {
  /** Where SQS is, when it is not where the URL of a queue says. */
  readonly endpoint?: string | undefined;
  /** Most time of one attempt beside the waiting for a message, milliseconds; default 5 s. */
  readonly requestTimeoutMs?: number;
}

/** SQS without the SDK: each queue is asked at `endpoint`, or else where its URL says that it is. */
export function createSignedSqs({ requestTimeoutMs = 5000, endpoint, ...options }: SignedSqsOptions): Sqs {
  const send = createAwsJson({ ...options, service: "sqs", target: "AmazonSQS", version: "1.0" });

  /** AWS answers in the shapes that it documents, which are the SDK's. */
  async function call<Output>(operation: string, input: Input, given?: CallOptions): Promise<Answer<Output>> {
    const url = `${endpoint ?? URL.parse(input.QueueUrl ?? "")?.origin}/`;
    const timeoutMs = requestTimeoutMs + (input.WaitTimeSeconds ?? 0) * 1000;
    return (await send({ operation, url, input, timeoutMs, ...given })) as Answer<Output>;
  }

  return {
    async sendMessageBatch(input, given) {
      const answer: Awaited<ReturnType<Sqs["sendMessageBatch"]>> = await call("SendMessageBatch", input, given);
      const bodies = new Map(input.Entries?.map(({ Id, MessageBody }) => [Id, MessageBody]));
      for (const { Id, MD5OfMessageBody } of answer.Successful ?? []) check(bodies.get(Id), MD5OfMessageBody);
      return answer;
    },
    async receiveMessage(input, given) {
      const answer: Awaited<ReturnType<Sqs["receiveMessage"]>> = await call("ReceiveMessage", input, given);
      for (const { Body, MD5OfBody } of answer.Messages ?? []) check(Body, MD5OfBody);
      return answer;
    },
    deleteMessageBatch: (input, given) => call("DeleteMessageBatch", input, given),
    changeMessageVisibilityBatch: (input, given) => call("ChangeMessageVisibilityBatch", input, given),
    getQueueAttributes: (input, given) => call("GetQueueAttributes", input, given),
  };
}

interface Input {
  readonly QueueUrl: string | undefined;
  readonly WaitTimeSeconds?: number | undefined;
}

function check(body: string | undefined, md5: string | undefined): void {
  if (hash("md5", body ?? "") !== md5) throw new Error("SQS answered with a checksum that is not that of the message");
}
