import { describe, expect, it } from "vitest";
import { type AwsJsonOptions, createAwsJson } from "../../shared/aws/aws-json.ts";
import { awsProblem } from "../../shared/aws/aws-problem.ts";
import type { ExportRequest, TransportAnswer } from "../../shared/delivery/transport.ts";
import { createManualClock } from "../support/manual-clock.ts";

const answered = (status: number, body: unknown, headers: Record<string, string> = {}): TransportAnswer => ({
  kind: "answered",
  status,
  headers,
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});
const done = answered(200, { done: true });
const failed = (reason: string, permanent = false): TransportAnswer => ({ kind: "failed", reason, permanent });

/** Makes one call whose attempts are answered in turn. */
async function call(answers: readonly TransportAnswer[], given: Partial<AwsJsonOptions> = {}, abort?: AbortSignal) {
  const requests: ExportRequest[] = [];
  const clock = createManualClock();
  const began = clock.now();
  const send = createAwsJson({
    identity: {
      region: () => "eu-west-1",
      credentials: () => ({ accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" }),
      headers: () => ({ "x-amzn-trace-id": "Root=1" }),
    },
    service: "sqs",
    target: "AmazonSQS",
    version: "1.0",
    clock,
    random: () => 0.5,
    transport: {
      async post(request) {
        requests.push(request);
        return answers[requests.length - 1] ?? failed("nothing more was expected");
      },
    },
    ...given,
  });
  const request = { operation: "SendMessage", url: "https://sqs.example/", input: { a: "ü" }, timeoutMs: 1000 };
  const outcome = await send({ ...request, ...(abort && { abortSignal: abort }) }).catch((error: unknown) => error);
  return { outcome, requests, waitedMs: clock.now() - began };
}

const problem = (error: unknown) => awsProblem(error, { action: "sqs:SendMessage", resource: "q" });

describe("createAwsJson()", () => {
  it("posts the input, signed, with the operation, the session and the trace", async () => {
    const { outcome, requests } = await call([done]);
    expect(outcome).toEqual({ done: true });
    expect(requests).toHaveLength(1);
    expect(String(requests[0]?.body)).toBe('{"a":"ü"}');
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "AmazonSQS.SendMessage",
      "x-amz-security-token": "session",
      "x-amzn-trace-id": "Root=1",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target, /,
      ),
    });
  });

  it.each<[string, TransportAnswer, number]>([
    ["a server error", answered(500, { __type: "InternalError" }), 25],
    ["a gateway's page", answered(502, "<html>"), 25],
    ["throttling", answered(400, { __type: "com.amazonaws.sqs#RequestThrottled" }), 500],
    ["too many requests", answered(429, {}), 500],
    ["a connection that was reset", failed("ECONNRESET: read ECONNRESET"), 25],
    ["a signature that expired while it was frozen", expired(), 25],
    ["an answer that asks for a second", answered(503, {}, { "retry-after": "1" }), 1000],
    ["an answer that asks for a minute", answered(503, {}, { "retry-after": "60" }), 5025],
  ])("makes the call again after %s", async (_, passing, waited) => {
    const { outcome, requests, waitedMs } = await call([passing, done]);
    expect(outcome).toEqual({ done: true });
    expect(requests).toHaveLength(2);
    expect(waitedMs).toBe(waited);
  });

  it("gives up after the attempts that it has", async () => {
    const down = answered(500, { __type: "InternalError", message: "try later" });
    const { outcome, requests } = await call([down, down, down, done]);
    expect(requests).toHaveLength(3);
    expect(outcome).toMatchObject({
      name: "InternalError",
      message: "try later",
      $metadata: { httpStatusCode: 500 },
    });
    expect((await call([down, done], { maxAttempts: 1 })).requests).toHaveLength(1);
  });

  it.each<[string, TransportAnswer, string]>([
    [
      "a refusal",
      answered(403, { __type: "com.amazonaws.sqs#AccessDeniedException", Message: "not you" }),
      "AWS refused sqs:SendMessage on q: allow it in the policy of the role or user in use.",
    ],
    [
      "a code in a header",
      answered(400, "", { "x-amzn-errortype": "QueueDoesNotExist:http://internal.amazon.com/" }),
      "There is no q: check the URL and the region.",
    ],
    ["an answer without a code", answered(404, "not found"), "sqs:SendMessage on q failed: HTTP 404"],
    [
      "a certificate",
      failed("DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate", true),
      "Could not reach AWS for sqs:SendMessage (DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate): check the network and AWS_ENDPOINT_URL.",
    ],
    [
      "an answer that is not JSON",
      answered(200, "<html>"),
      "sqs:SendMessage on q failed: UnreadableAnswer, AWS answered with 6 bytes that are not a JSON object",
    ],
  ])("says at once what is wrong with %s", async (_, answer, sentence) => {
    const { outcome, requests } = await call([answer, done]);
    expect(requests).toHaveLength(1);
    expect(problem(outcome)).toBe(sentence);
  });

  it.each([
    ["ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED"],
    ["no answer within 5000 ms", "no answer within 5000 ms"],
  ])("says why there was no answer: %s", async (reason, told) => {
    const { outcome } = await call([failed(reason)], { maxAttempts: 1 });
    expect(problem(outcome)).toBe(
      `Could not reach AWS for sqs:SendMessage (${told}): check the network and AWS_ENDPOINT_URL.`,
    );
  });

  it("makes no further attempt for somebody who waits no longer", async () => {
    const { requests } = await call([failed("ABORT_ERR: aborted"), done], {}, AbortSignal.abort());
    expect(requests).toHaveLength(1);
  });
});

function expired(): TransportAnswer {
  return answered(403, { __type: "InvalidSignatureException", message: "Signature expired: 1 is now earlier than 2" });
}
