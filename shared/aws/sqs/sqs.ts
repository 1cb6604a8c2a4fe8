import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput,
  DeleteMessageBatchCommandInput,
  DeleteMessageBatchCommandOutput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
} from "@aws-sdk/client-sqs";
import type { Answer, CallOptions } from "../aws-call.ts";

/**
 * The operations of SQS that a queue needs, in the SDK's shapes. Passing failures have been repeated when one rejects; the
 * error's `name` is AWS's code. Implementations: `sqs-client.ts` (the SDK), `signed-sqs.ts` (the functions).
 */
export interface Sqs {
  /** Rejects where a checksum is not that of the body. */
  sendMessageBatch(
    input: SendMessageBatchCommandInput,
    options?: CallOptions,
  ): Promise<Answer<SendMessageBatchCommandOutput>>;
  /** Rejects where a checksum is not that of the body. */
  receiveMessage(
    input: ReceiveMessageCommandInput,
    options?: CallOptions,
  ): Promise<Answer<ReceiveMessageCommandOutput>>;
  deleteMessageBatch(
    input: DeleteMessageBatchCommandInput,
    options?: CallOptions,
  ): Promise<Answer<DeleteMessageBatchCommandOutput>>;
  changeMessageVisibilityBatch(
    input: ChangeMessageVisibilityBatchCommandInput,
    options?: CallOptions,
  ): Promise<Answer<ChangeMessageVisibilityBatchCommandOutput>>;
  getQueueAttributes(
    input: GetQueueAttributesCommandInput,
    options?: CallOptions,
  ): Promise<Answer<GetQueueAttributesCommandOutput>>;
}
