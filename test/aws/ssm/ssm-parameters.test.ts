import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSsmParameters } from "../../../shared/aws/ssm/ssm-parameters.ts";
import { settings } from "../../../shared/config/settings.ts";
import { ssmClients } from "../../support/aws/aws-clients.ts";
import { type FakeSsm, startFakeSsm } from "../../support/fake-ssm.ts";

let ssm: FakeSsm;

beforeAll(async () => {
  ssm = await startFakeSsm();
});
beforeEach(() => {
  ssm.parameters.clear();
  ssm.faults.length = 0;
  ssm.calls.length = 0;
});
afterAll(() => ssm.close());

describe.each(ssmClients)("createSsmParameters() through %s", (_, createClient) => {
  function parameters(given: { readonly endpoint?: string; readonly maxAttempts?: number } = {}, timeoutMs = 10_000) {
    return createSsmParameters({ stage: "prod", ssm: createClient({ endpoint: ssm.endpoint, ...given }), timeoutMs });
  }

  test("reads the stage's parameters, decrypted, and leaves other stages alone", async () => {
    ssm.put("/sluice/prod/grafana-cloud/endpoint", "https://otlp.example.net/otlp");
    ssm.put("/sluice/prod/grafana-cloud/api-key", "glc_1", "SecureString");
    ssm.put("/sluice/production/settings/log-level", "debug");
    expect(await parameters().read()).toEqual({
      kind: "read",
      texts: { endpoint: "https://otlp.example.net/otlp", apiKey: "glc_1" },
      unknown: [],
      destinations: {},
      senders: {},
      variables: {},
    });
  });

  test("reads what the pipeline of the functions needs: its text, its variables, its secrets", async () => {
    ssm.put("/sluice/prod/pipeline/config", "// nothing");
    ssm.put("/sluice/prod/pipeline/env/ENDPOINT", "https://otlp.example.net");
    ssm.put("/sluice/prod/pipeline-secrets/API_KEY", "glc_1", "SecureString");
    expect(await parameters().read()).toMatchObject({
      texts: { pipeline: "// nothing" },
      variables: { ENDPOINT: "https://otlp.example.net", API_KEY: "glc_1" },
      unknown: [],
    });
  });

  test("reads senders by their names, beside what all of them share", async () => {
    ssm.put("/sluice/prod/senders/senders", "checkout");
    ssm.put("/sluice/prod/senders/sender-tokens", "old", "SecureString");
    ssm.put("/sluice/prod/senders/checkout/tokens", "t", "SecureString");
    ssm.put("/sluice/prod/senders/checkout/more/tokens", "t", "SecureString");
    expect(await parameters().read()).toMatchObject({
      texts: { senders: "checkout", senderTokens: "old" },
      senders: { "checkout/tokens": "t" },
      unknown: ["/sluice/prod/senders/checkout/more/tokens"],
    });
  });

  test("reads past the first page and reports names that are not settings", async () => {
    for (let index = 0; index < 23; index++) ssm.put(`/sluice/prod/grafana-clod/${index}`, "x");
    ssm.put("/sluice/prod/settings/log-level", "warn");
    const read = await parameters().read();
    expect(read).toMatchObject({ kind: "read", texts: { logLevel: "warn" } });
    expect(read.kind === "read" && read.unknown).toHaveLength(23);
    expect(ssm.calls).toEqual(["GetParametersByPath", "GetParametersByPath", "GetParametersByPath"]);
  });

  test("does not take a part of too many parameters for all of them", async () => {
    for (let index = 0; index < 510; index++) ssm.put(`/sluice/prod/${index}`, "x");
    expect(await parameters().read()).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("there are more than 500 parameters"),
    });
  });

  test("uses the time that it has for getting over throttling, as it comes at a cold start of many", async () => {
    ssm.put("/sluice/prod/settings/log-level", "warn");
    for (let calls = 0; calls < 7; calls++) ssm.faults.push({ status: 400, code: "ThrottlingException" });
    // More than the SDK repeats by itself. Its own pauses are random, and longer than those between its calls.
    expect(await parameters({}, 18_000).read()).toMatchObject({ kind: "read", texts: { logLevel: "warn" } });
  });

  test("gets over throttling", async () => {
    ssm.put("/sluice/prod/settings/log-level", "warn");
    ssm.faults.push({ status: 400, code: "ThrottlingException" });
    expect(await parameters().read()).toMatchObject({ kind: "read", texts: { logLevel: "warn" } });
  });

  test.each([
    [
      { status: 400, code: "AccessDeniedException" },
      "AWS refused ssm:GetParametersByPath on parameter/sluice/prod/*: allow it in the policy of the role or user in use.",
    ],
    [
      { status: 400, code: "AccessDeniedException", message: "not authorized to perform: kms:Decrypt" },
      "AWS refused kms:Decrypt on the key of the parameter: allow it in the policy of the role or user in use.",
    ],
    [
      { status: 400, code: "UnrecognizedClientException" },
      "AWS does not accept the credentials (UnrecognizedClientException): sign in again, or check AWS_PROFILE.",
    ],
    [
      { status: 400, code: "SomethingNew", message: "what?" },
      "ssm:GetParametersByPath on parameter/sluice/prod/* failed: SomethingNew, what?",
    ],
  ])("turns %j into a sentence", async (fault, reason) => {
    ssm.faults.push(fault);
    expect(await parameters().read()).toEqual({ kind: "failed", reason });
  });

  test("says that AWS cannot be reached", async () => {
    const unreachable = parameters({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
    expect(await unreachable.read()).toEqual({
      kind: "failed",
      reason: "Could not reach AWS for ssm:GetParametersByPath (ECONNREFUSED): check the network and AWS_ENDPOINT_URL.",
    });
  });

  test("puts a plain setting as String and a secret as SecureString", async () => {
    expect(await parameters().put(settings.logLevel, "debug")).toEqual({
      kind: "put",
      name: "/sluice/prod/settings/log-level",
      version: 1,
    });
    await parameters().put(settings.apiKey, "glc_2");
    expect([...ssm.parameters.values()].map(({ Name, Type }) => [Name, Type])).toEqual([
      ["/sluice/prod/settings/log-level", "String"],
      ["/sluice/prod/grafana-cloud/api-key", "SecureString"],
    ]);
  });

  test("encrypts a secret with the key that it is given", async () => {
    await parameters().put(settings.apiKey, "glc_2", { kmsKeyId: "alias/sluice" });
    expect(ssm.parameters.get("/sluice/prod/grafana-cloud/api-key")).toMatchObject({ KeyId: "alias/sluice" });
  });

  test("puts nothing that cannot be kept in Parameter Store", async () => {
    expect(await parameters().put(settings.httpPort, "4318")).toHaveProperty("kind", "failed");
    expect(await parameters().put(settings.apiKey, "x".repeat(5_000))).toEqual({
      kind: "failed",
      reason: "/sluice/prod/grafana-cloud/api-key would be 5000 bytes: a parameter holds 4096.",
    });
    expect(ssm.calls).toEqual([]);
  });
});
