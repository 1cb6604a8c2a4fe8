import { describe, expect, it } from "vitest";
import { createLambdaClients } from "../../shared/aws/lambda-clients.ts";
import { createSqsQueue } from "../../shared/aws/sqs-queue.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";

const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };

function reason(env: Readonly<Record<string, string>>) {
  const client = createLambdaClients({ env, clock, random: Math.random }).sqs({ maxAttempts: 1 });
  return createSqsQueue({ client, queueUrl: "http://127.0.0.1:1/0/q" }).send(["a"]);
}

describe("createLambdaClients()", () => {
  it.each([
    ["no region", keys, "No AWS region is set"],
    ["no credentials", { AWS_REGION: "eu-west-1" }, "No AWS credentials in the environment"],
    ["nobody there", { AWS_REGION: "eu-west-1", ...keys }, "Could not reach AWS for sqs:SendMessage (ECONNREFUSED)"],
  ])("says what is missing: %s", async (_, env, sentence) => {
    expect(await reason(env)).toMatchObject({ kind: "failed", reason: expect.stringContaining(sentence), unsent: [0] });
  });
});
