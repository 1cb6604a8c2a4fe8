import { parsePayload } from "../../shared/dead-letters/parse-payload.ts";
import { runOrder } from "../../shared/dead-letters/run-order.ts";
import { type ChangeRules, refusedChange } from "../../shared/http/guard-changes.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";
import type { openReplayJournal } from "../../shared/node/replay-journal.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { DeadLetterQueues } from "../dead-letters/dead-letter-queues.ts";
import { deadLetterEvents } from "../dead-letters/events.ts";

const base = "/api/v0/dead-letters/";
const answerMs = 20_000;

export interface StageDeadLettersOptions {
  readonly queues: DeadLetterQueues;
  readonly journal: ReturnType<typeof openReplayJournal>;
  readonly rules: ChangeRules;
}

/** The dead letters of a stage, with the requests and answers of a daemon's admin port; undefined for other paths. */
export function createStageDeadLetters(
  options: StageDeadLettersOptions,
): (request: HttpRequest) => Promise<HttpAnswer | undefined> {
  const inTurn = createInTurn();
  return async (request) => {
    const { method, path, headers, body } = request;
    if (!path.startsWith(base)) return undefined;
    const action = path.slice(base.length);
    if (method !== "POST") return problem(405, "Use POST.");
    if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
      return problem(415, "Send content-type: application/json.");
    }
    const refused = action === "list" || action === "show" ? undefined : refusedChange(request, options.rules, false);
    if (refused) return refused;
    const parsed = parsePayload({ ...objectOf(body), action }, clock.now());
    if (parsed.kind === "wrong") return problem(400, parsed.message);
    const { queues, journal } = options;
    const run = { ...queues, journal, clock, emit: deadLetterEvents(), deadlineAt: clock.now() + answerMs };
    const report = await inTurn(() => runOrder(parsed, run));
    return textPage(200, JSON.stringify(report), { "content-type": "application/json", "cache-control": "no-store" });
  };
}

function objectOf(body: Uint8Array): object {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function problem(status: number, error: string): HttpAnswer {
  return textPage(status, JSON.stringify({ error }), { "content-type": "application/json" });
}
