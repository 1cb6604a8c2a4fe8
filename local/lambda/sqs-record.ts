import { createHash } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import type { ReceivedMessage } from "../../shared/queue/queue-reader.ts";

/** A received message as it stands in the event of a Lambda function (Lambda guide, "Using Lambda with Amazon SQS"). */
export function toRecord(message: ReceivedMessage, queueArn: string): SQSRecord {
  const { id, receiptHandle, receiveCount, sentAt, firstReceivedAt } = message;
  const body = String(message.body);
  return {
    messageId: id,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: "local",
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: createHash("md5").update(body).digest("hex"),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}
