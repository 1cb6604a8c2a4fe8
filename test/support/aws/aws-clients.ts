import { createSignedSqs } from "../../../shared/aws/sqs/signed-sqs.ts";
import type { Sqs } from "../../../shared/aws/sqs/sqs.ts";
import { createSqsClient } from "../../../shared/aws/sqs/sqs-client.ts";
import { createSignedSsm } from "../../../shared/aws/ssm/signed-ssm.ts";
import type { Ssm } from "../../../shared/aws/ssm/ssm.ts";
import { createSsmClient } from "../../../shared/aws/ssm/ssm-client.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const signed = {
  identity: { region: () => region, credentials: () => credentials },
  clock,
  random: Math.random,
};
const transport = () => createHttpTransport({ maxSockets: 50, maxAnswerBytes: 2 ** 24, connectTimeoutMs: 1000 });

interface Given {
  readonly endpoint: string;
  readonly maxAttempts?: number;
}

/** Both ways to SQS: each must pass what the other passes. */
export const sqsClients: readonly (readonly [string, (given: Given) => Sqs])[] = [
  ["the SDK", (given) => createSqsClient({ ...given, region, credentials })],
  ["the signer", ({ endpoint: _, ...given }) => createSignedSqs({ ...signed, ...given, transport: transport() })],
];

/** Both ways to Parameter Store. */
export const ssmClients: readonly (readonly [string, (given: Given) => Ssm])[] = [
  ["the SDK", (given) => createSsmClient({ ...given, region, credentials })],
  ["the signer", ({ endpoint }) => createSignedSsm({ ...signed, transport: transport(), endpoint: () => endpoint })],
];
