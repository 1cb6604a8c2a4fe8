import { createServer, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { listenOn } from "../../shared/node/listen.ts";
import { decodeWithOracle } from "../support/otlp/oracle.ts";

type Handler = (event: unknown, context: object) => Promise<{ readonly statusCode: number }>;

const received: string[] = [];
let answerAfterMs = 0;
let server: Server;
let handler: Handler;
const context = (leftMs: number) => ({ awsRequestId: "one", getRemainingTimeInMillis: () => leftMs });

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { resourceSpans } = decodeWithOracle(gunzipSync(Buffer.concat(chunks)), "traces") as {
        resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[];
      };
      received.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name))),
      );
      setTimeout(() => response.writeHead(200).end(), answerAfterMs);
    });
  });
  const { port } = await listenOn(server, 0, "127.0.0.1");
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${port}`);
  const url = new URL("../../docs/lambda/index.mjs", import.meta.url);
  ({ handler } = (await import(url.href)) as { handler: Handler });
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

describe("docs/lambda", () => {
  it("has sent its spans by the time that it answers", async () => {
    expect(await handler({}, context(30_000))).toMatchObject({ statusCode: 200 });
    expect(received).toEqual(["GET /orders"]);
  });

  it("answers in time where the gateway does not", async () => {
    answerAfterMs = 1500;
    const started = performance.now();
    expect(await handler({}, context(400))).toMatchObject({ statusCode: 200 });
    expect(performance.now() - started).toBeLessThan(1400);
  });
});
