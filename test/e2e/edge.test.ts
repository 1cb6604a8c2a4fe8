import { isUtf8 } from "node:buffer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bodyOf, checkAnswer, type EdgeCase } from "../support/cases/edge-case.ts";
import { edgeCases } from "../support/cases.ts";
import { type EdgeServer, edgeServers } from "../support/edge-servers.ts";
import { answersIn, exchange, wireOf } from "../support/raw-http.ts";

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
    if (edge.notHttp || (name.includes("load balancer") && isUnfitForAlb(edge))) {
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

/** The load balancer hands JSON over as text, and refuses by itself what is not UTF-8. */
function isUnfitForAlb({ headers = {}, ...edge }: EdgeCase): boolean {
  const isText = /^(text\/|application\/json\s*(;|$))/i.test(String(headers["content-type"] ?? ""));
  return isText && !("content-encoding" in headers) && !isUtf8(bodyOf({ headers, ...edge }));
}
