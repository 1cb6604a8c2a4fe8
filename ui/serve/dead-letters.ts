import { parsePayload } from "../../shared/dead-letters/parse-payload.ts";
import { type RunOrderOptions, runOrder } from "../../shared/dead-letters/run-order.ts";
import { type ChangeRules, refusedChange } from "../../shared/http/guard-changes.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";

const base = "/api/v0/dead-letters/";
const answerMs = 20_000;

export interface QueueDeadLettersOptions extends Omit<RunOrderOptions, "deadlineAt"> {
  readonly rules: ChangeRules;
}

/** The dead letters of a queue in SQS, with the requests and answers of a daemon's admin port; undefined for other paths. */
export function createQueueDeadLetters(
  options: QueueDeadLettersOptions,
): (request: HttpRequest) => Promise<HttpAnswer | undefined> {
  const { rules, clock } = options;
  const inTurn = createInTurn();
  return async (request) => {
    const { method, path, headers, body } = request;
    if (!path.startsWith(base)) return undefined;
    const action = path.slice(base.length);
    if (method !== "POST") return problem(405, "Use POST.");
    if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
      return problem(415, "Send content-type: application/json.");
    }
    const refused = action === "list" || action === "show" ? undefined : refusedChange(request, rules, false);
    if (refused) return refused;
    const parsed = parsePayload({ ...objectOf(body), action }, clock.now());
    if (parsed.kind === "wrong") return problem(400, parsed.message);
    const report = await inTurn(() => runOrder(parsed, { ...options, deadlineAt: clock.now() + answerMs }));
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
