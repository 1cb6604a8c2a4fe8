import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkLogs } from "../../../cli/doctor/logs.ts";
import { listenOn } from "../../../shared/node/listen.ts";

/** Answers of Lambda by the end of their path; anything else is not found. */
type Answers = Readonly<Record<string, object>>;

const everything: Answers = {
  configuration: { FunctionName: "sluice-test-logs" },
  policy: { Policy: '{"Statement":[{"Principal":{"Service":"logs.amazonaws.com"}}]}' },
  "event-invoke-config": {
    DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:1:sluice-test-logs-failed" } },
  },
  "event-source-mappings": { EventSourceMappings: [{ UUID: "u-1", State: "Enabled" }] },
};

let server: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

async function check(answers: Answers, notFound = "ResourceNotFoundException") {
  server = createServer((request, response) => {
    const end = request.url?.split("?")[0]?.replace(/\/$/, "").split("/").at(-1) ?? "";
    const answer = answers[end];
    const headers = { "content-type": "application/json", ...(answer ? {} : { "x-amzn-errortype": notFound }) };
    response
      .writeHead(answer ? 200 : notFound === "AccessDeniedException" ? 403 : 404, headers)
      .end(JSON.stringify(answer ?? {}));
  });
  const { port } = await listenOn(server, 0, "127.0.0.1");
  const environment = {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return (await checkLogs("test")).map(({ name, state, ...rest }) => [name, state, "fix" in rest ? rest.fix : ""]);
}

const deploy = "npx sls deploy --stage test";

describe("checkLogs()", () => {
  it("says nothing of a stage that subscribes no log groups", async () => {
    expect(await check({})).toEqual([]);
  });

  it("finds a deployed stage in order", async () => {
    expect(await check(everything)).toEqual([
      ["logs", "ok", ""],
      ["logs that fail", "ok", ""],
      ["logs again", "ok", ""],
    ]);
  });

  it("names what is missing, and the command that brings it back", async () => {
    const { configuration = {} } = everything;
    expect(await check({ configuration, "event-source-mappings": { EventSourceMappings: [] } })).toEqual([
      ["logs", "failed", deploy],
      ["logs that fail", "failed", deploy],
      ["logs again", "failed", deploy],
    ]);
  });

  it("enables a mapping that somebody has disabled", async () => {
    const off = { EventSourceMappings: [{ UUID: "u-1", State: "Disabled" }] };
    expect((await check({ ...everything, "event-source-mappings": off })).at(-1)).toEqual([
      "logs again",
      "failed",
      "aws lambda update-event-source-mapping --uuid u-1 --enabled",
    ]);
  });

  it("skips what it may not see", async () => {
    expect(await check({}, "AccessDeniedException")).toEqual([["logs", "skipped", ""]]);
  });
});
