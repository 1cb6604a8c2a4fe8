import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import { requestHandlerOf } from "../request-handler.ts";
import { configuredEndpoint } from "../service-endpoint.ts";
import type { Sqs } from "./sqs.ts";

export interface SqsClientOptions {
  readonly region?: string;
  /** Where SQS is, when it is not AWS: the embedded queue of the local stack and the tests. */
  readonly endpoint?: string;
  readonly credentials?: NonNullable<SQSClientConfig["credentials"]>;
  /** Attempts of one call, the first one included; default 3. */
  readonly maxAttempts?: number;
  /** Most time of one attempt, milliseconds; default 5 s. */
  readonly requestTimeoutMs?: number;
}

/** SQS through the SDK. */
export interface SqsClient extends Sqs {
  /** For the operations beyond `Sqs`. */
  readonly sdk: SQSClient;
  destroy(): void;
}

/** The SQS client with this product's limits in time; what is not given comes from the environment, as everywhere in AWS. */
export function createSqsClient(options: SqsClientOptions = {}): SqsClient {
  // The SDK asks a queue where its URL says that it is, whatever the environment says, unless it is told in the code.
  const endpoint = configuredEndpoint("sqs", process.env);
  const { maxAttempts = 3, requestTimeoutMs = 5000, ...given } = { ...(endpoint && { endpoint }), ...options };
  const requestHandler = requestHandlerOf({ connectionTimeout: 1000, requestTimeout: requestTimeoutMs });
  const sdk = new SQSClient({ ...given, maxAttempts, requestHandler, logger: silent });
  return {
    sdk,
    sendMessageBatch: (input, call = {}) => sdk.send(new SendMessageBatchCommand(input), call),
    receiveMessage: (input, call = {}) => sdk.send(new ReceiveMessageCommand(input), call),
    deleteMessageBatch: (input, call = {}) => sdk.send(new DeleteMessageBatchCommand(input), call),
    changeMessageVisibilityBatch: (input, call = {}) => sdk.send(new ChangeMessageVisibilityBatchCommand(input), call),
    getQueueAttributes: (input, call = {}) => sdk.send(new GetQueueAttributesCommand(input), call),
    destroy: () => sdk.destroy(),
  };
}

/** Without a logger, the client writes a warning to standard error at each call whose queue URL names another host. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
