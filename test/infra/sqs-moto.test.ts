import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe } from "vitest";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { createSqsReader } from "../../shared/aws/sqs/sqs-reader.ts";
import { sqsClients } from "../support/aws/aws-clients.ts";
import { findChecker, type Moto, startMoto } from "../support/infra/checkers.ts";
import { describeQueue } from "../support/queue/queue-contract.ts";
import { describeQueueReader } from "../support/queue/queue-reader-contract.ts";

const motoServer = findChecker("moto_server");
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

describe.skipIf(!motoServer)("against moto (skipped where moto_server is not found)", () => {
  let moto: Moto;
  let serial = 0;

  beforeAll(async () => {
    moto = await startMoto(motoServer ?? "");
  });
  afterAll(() => moto?.stop());

  async function createQueue() {
    const { endpoint } = moto;
    const { sdk } = createSqsClient({ endpoint, region: "us-east-1", credentials });
    const { QueueUrl = "" } = await sdk.send(new CreateQueueCommand({ QueueName: `queue-${++serial}` }));
    return { sdk, endpoint, queueUrl: QueueUrl };
  }

  for (const [name, createClient] of sqsClients) {
    describeQueue(`SQS through ${name}`, async () => {
      const { sdk, endpoint, queueUrl } = await createQueue();
      const bodies = async () => {
        const found: string[] = [];
        for (;;) {
          const given = { QueueUrl: queueUrl, MaxNumberOfMessages: 10 };
          const { Messages = [] } = await sdk.send(new ReceiveMessageCommand(given));
          if (Messages.length === 0) return found;
          found.push(...Messages.map(({ Body = "" }) => Body));
        }
      };
      return { queue: createSqsQueue({ client: createClient({ endpoint }), queueUrl }), bodies };
    });

    describeQueueReader(`SQS through ${name}`, async () => {
      const { endpoint, queueUrl } = await createQueue();
      const client = createClient({ endpoint });
      return {
        queue: createSqsQueue({ client, queueUrl }),
        reader: createSqsReader({ client, queueUrl }),
        pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      };
    });
  }
});
