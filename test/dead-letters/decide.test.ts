import { describe, expect, it } from "vitest";
import { readDeadLetter } from "../../shared/dead-letters/dead-letter.ts";
import { decide } from "../../shared/dead-letters/decide.ts";
import type { JournalState } from "../../shared/dead-letters/journal.ts";
import type { Selection } from "../../shared/dead-letters/selection.ts";
import { type SampleDeadLetter, sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";

const now = 1_790_000_000_000;
const hour = 3_600_000;
const logs: SampleDeadLetter = { id: "a", signal: "logs", lastAttemptAt: now };
const oldMetrics: SampleDeadLetter = { id: "a", signal: "metrics", lastAttemptAt: now, dataAt: now - 3 * hour };

async function decided(
  given: SampleDeadLetter | string,
  options: { selection?: Selection; state?: JournalState; includeStale?: boolean },
) {
  const body = typeof given === "string" ? given : await sampleDeadLetter(given);
  const letter = await readDeadLetter(
    { id: "m", receiptHandle: "r", body, receiveCount: 1, sentAt: now, firstReceivedAt: now },
    hour,
  );
  const { selection = {}, state, includeStale = false } = options;
  return decide(letter, { selection, includeStale, now, states: new Map(state && [[letter.facts.id, state]]) });
}

describe("decide()", () => {
  it.each([
    ["sends what is selected", logs, {}, { kind: "send", maybeTwice: false }],
    ["leaves what is not", logs, { selection: { signal: "traces" } }, { kind: "leave" }],
    ["sends again, and says so, what was interrupted", logs, { state: "sending" }, { kind: "send", maybeTwice: true }],
    ["finishes what was sent", logs, { state: "sent" }, { kind: "finish", maybeTwice: false }],
    [
      "remembers that it may have been sent before that",
      logs,
      { state: "resent" },
      { kind: "finish", maybeTwice: true },
    ],
    [
      "finishes it whatever is selected",
      logs,
      { state: "sent", selection: { ids: new Set<string>() } },
      { kind: "finish", maybeTwice: false },
    ],
    ["keeps what is stale", oldMetrics, {}, { kind: "keep", why: expect.stringContaining("too old") }],
    ["sends it when told to", oldMetrics, { includeStale: true }, { kind: "send", maybeTwice: false }],
    ["keeps what is not a batch", "raw", {}, { kind: "keep", why: expect.stringContaining("export it") }],
  ] as const)("%s", async (_, letter, options, decision) => {
    expect(await decided(letter, options)).toEqual(decision);
  });
});
