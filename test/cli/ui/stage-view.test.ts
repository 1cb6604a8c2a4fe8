import { createServer, type Server } from "node:http";
import { afterEach, expect, it, vi } from "vitest";
import { readStageView } from "../../../cli/ui/stage-view.ts";
import { listenOn } from "../../../shared/node/listen.ts";

let server: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

it("misses the functions and queues that every stage has, and not those that are optional", async () => {
  server = createServer((request, response) => {
    if (String(request.headers["x-amz-target"]).startsWith("AmazonSQS")) {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "no such queue" }));
      return;
    }
    const isLogs = request.url?.includes("sluice-test-logs");
    const headers = { "content-type": "application/json", "x-amzn-errortype": "ResourceNotFoundException" };
    const found = {
      FunctionName: "sluice-test-logs",
      State: "Active",
      Runtime: "nodejs24.x",
      MemorySize: 1024,
      Timeout: 60,
    };
    response.writeHead(isLogs ? 200 : 404, isLogs ? { "content-type": "application/json" } : headers);
    response.end(JSON.stringify(isLogs ? found : {}));
  });
  const { port } = await listenOn(server, 0, "127.0.0.1");
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { functions, problems } = await readStageView("test", { env: environment } as never, 0);
  expect(functions.map(({ name }) => name)).toEqual(["sluice-test-logs"]);
  const missed = ["ingest", "flush", "replay", "firehose", "logs", "objects"].filter((name) =>
    problems.some((problem) => problem.includes(`sluice-test-${name}`)),
  );
  expect(missed).toEqual(["ingest", "flush", "replay"]);
});
