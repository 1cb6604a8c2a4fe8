import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EdgeServer, edgeServers } from "../support/http/edge-servers.ts";
import { answersIn, exchange, refusedByFront, wireOf } from "../support/http/raw-http.ts";
import { startStack } from "../support/local/stack.ts";
import { checkAnswer } from "../support/otlp/cases/edge-case.ts";
import { limitBytes } from "../support/otlp/cases/http-cases.ts";
import { edgeCases } from "../support/otlp/cases.ts";

describe.each(Object.entries(edgeServers))("Every case of the edge holds over HTTP, for %s", (name, start) => {
  let server: EdgeServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  it.each(edgeCases)("$name", async (edge) => {
    server.received.length = 0;
    const answers = answersIn(await exchange(server.port, wireOf(edge)));
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    if (!answer) return;
    if (refusedByFront(edge, name.includes("load balancer") ? "alb" : "server")) {
      expect([answer.status, server.received]).toEqual([400, []]);
      return;
    }
    checkAnswer(edge, answer, server.received);
    expect(Number(answer.headers["content-length"])).toBe(answer.body.length);
  });

  it("has crashed on none of them", () => {
    expect(server.events.filter(({ name }) => name === "code.crashed")).toEqual([]);
  });
});

describe("Every case of the edge holds over HTTP, for the stack that npm start starts", () => {
  it("answers each of them, and lives", async () => {
    const { http, stderr } = await startStack({ env: { SLUICE_MAX_REQUEST_BYTES: String(limitBytes) } });
    const port = Number(new URL(http).port);
    for (const edge of edgeCases) {
      const [answer] = answersIn(await exchange(port, wireOf(edge)));
      if (!answer || refusedByFront(edge, "alb")) expect(answer?.status, edge.name).toBe(400);
      else checkAnswer(edge, answer);
    }
    expect(stderr()).not.toContain("code.crashed");
  });
});
