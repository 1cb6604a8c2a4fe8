import { describe, expect, it } from "vitest";
import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import { overviewOf } from "../../shared/overview/overview.ts";
import { secret } from "../../shared/secret.ts";
import { ApiProblem } from "../../ui/serve/api.ts";
import { createUi } from "../../ui/serve/ui.ts";

const open: ChangeRules = { boundTo: "127.0.0.1", readOnly: false, tokens: () => [] };

function ask(path: string, options: { method?: string; rules?: ChangeRules; token?: string; isKnown?: boolean } = {}) {
  const { method = "GET", rules = open, token, isKnown = false } = options;
  const ui = createUi({
    program: "daemon",
    version: "1.2.3",
    rules,
    overview: async () => overviewOf([], { now: 1 }),
    lines: (component) => [{ at: 1, level: "info", event: "e", message: component ?? "all", fields: {} }],
    calls: {
      change: { method: "POST", answer: () => "changed" },
      none: { method: "GET", answer: () => undefined },
      wrong: {
        method: "GET",
        answer() {
          throw new ApiProblem("That cannot be done.");
        },
      },
    },
  });
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return ui({ method, path, headers, body: new Uint8Array() }, isKnown);
}

async function json(...args: Parameters<typeof ask>): Promise<[number | undefined, unknown]> {
  const answer = await ask(...args);
  return [answer?.status, answer && JSON.parse(Buffer.from(answer.body).toString())];
}

describe("createUi()", () => {
  it("says what it is and which calls there are", async () => {
    const [status, about] = await json("/api/v0/sluice/about");
    expect([status, about]).toMatchObject([200, { program: "daemon", version: "1.2.3", readOnly: false }]);
  });

  it.each([
    ["/api/v0/sluice/log", 200, [{ message: "all" }]],
    ["/api/v0/sluice/log/loki.write%2Ex", 200, [{ message: "loki.write.x" }]],
    ["/api/v0/sluice/none/x", 404, { problem: "There is no x." }],
    ["/api/v0/sluice/wrong", 400, { problem: "That cannot be done." }],
    ["/api/v0/sluice/constructor", 404, {}],
    ["/api/v0/sluice/change", 405, { problem: "Use POST." }],
  ])("answers %s with %i", async (path, status, body) => {
    expect(await json(path)).toMatchObject([status, body]);
  });

  it("leaves other paths to others", async () => {
    expect(await ask("/metrics")).toBeUndefined();
  });

  it.each([
    ["on loopback", open, undefined, 200],
    ["where it is read-only", { ...open, readOnly: true }, undefined, 403],
    ["open to others and without tokens", { ...open, boundTo: "0.0.0.0" }, undefined, 403],
    ["without the token", { ...open, tokens: () => [secret("t")] }, undefined, 401],
    ["with another token", { ...open, tokens: () => [secret("t")] }, "u", 401],
    ["with the token", { ...open, boundTo: "0.0.0.0", tokens: () => [secret("t")] }, "t", 200],
  ])("answers a change %s as it must", async (_, rules, token, status) => {
    const [answered] = await json("/api/v0/sluice/change", { method: "POST", rules, ...(token && { token }) });
    expect(answered).toBe(status);
  });

  it("asks no token from whoever has given the port's password, and lets even them change nothing where it is read-only", async () => {
    const rules = { ...open, boundTo: "0.0.0.0" };
    const post = { method: "POST", isKnown: true } as const;
    expect((await json("/api/v0/sluice/change", { ...post, rules }))[0]).toBe(200);
    expect((await json("/api/v0/sluice/change", { ...post, rules: { ...rules, readOnly: true } }))[0]).toBe(403);
  });
});
