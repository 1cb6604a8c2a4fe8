import { describe, expect, it } from "vitest";
import type { Acceptance, ReceivedRequest } from "../../shared/batch/accept.ts";
import { createBudget } from "../../shared/commit/budget.ts";
import { withBudget } from "../../shared/commit/with-budget.ts";

const request = (bytes: number): ReceivedRequest => ({ format: "otlp/traces", items: 1, bytes: new Uint8Array(bytes) });

describe("withBudget()", () => {
  it("holds the budget until the answer and turns away what does not fit", async () => {
    const budget = createBudget(100);
    const answers: ((acceptance: Acceptance) => void)[] = [];
    const inner = () => new Promise<Acceptance>((resolve) => answers.push(resolve));
    const accept = withBudget(inner, { budget, retryAfterMs: 1000 });
    const first = accept({ ...request(60), gzip: new Uint8Array(20) });
    expect(budget.used()).toBe(80);
    expect(await accept(request(21))).toEqual({ kind: "unavailable", reason: "memory", retryAfterMs: 1000 });
    answers[0]?.({ kind: "accepted" });
    expect(await first).toEqual({ kind: "accepted" });
    expect(budget.used()).toBe(0);
  });
});
