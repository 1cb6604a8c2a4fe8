import { join } from "node:path";
import type { Clock } from "../../shared/clock.ts";
import { createMemoryJournal } from "../../shared/dead-letters/journal.ts";
import { parsePayload } from "../../shared/dead-letters/parse-payload.ts";
import { runOrder } from "../../shared/dead-letters/run-order.ts";
import { errorText } from "../../shared/error-text.ts";
import { isAuthorized } from "../../shared/http/auth.ts";
import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { isLoopback } from "../../shared/http/same-origin.ts";
import { deadLettersName } from "../../shared/node/disk-queue/control.ts";
import { createControlVerbs } from "../../shared/node/disk-queue/control-verbs.ts";
import { createStoredQueue } from "../../shared/node/disk-queue/stored-queue.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import type { OwnStorage } from "../egress/open-storage.ts";

export interface DeadLettersPagesOptions {
  /** Undefined where the process has no storage path. */
  readonly own: OwnStorage | undefined;
  readonly rules: ChangeRules;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** The dead letters of a process on its admin port; docs/dead-letters.md has the requests and answers. */
export interface DeadLettersPages {
  owns(path: string): boolean;
  /** `isKnown`: the port has asked whoever calls for a password already. */
  answer(request: HttpRequest, isKnown: boolean): Promise<HttpAnswer>;
}

const base = "/api/v0/dead-letters/";
/** Ample for whoever waits for an answer; what is left is said in it (`more`), and asked for again. */
const answerMs = 20_000;

/** Makes them; nothing is opened before the first request. */
export function createDeadLettersPages(options: DeadLettersPagesOptions): DeadLettersPages {
  const { own, clock, emit } = options;
  // Two walks at a time would hide letters from each other.
  const inTurn = createInTurn();
  let opening: ReturnType<typeof open> | undefined;

  async function open({ storage, path }: OwnStorage) {
    const reader = await storage.queue(deadLettersName);
    // What is in memory ends with the process, and so may what is known of its replays.
    const journal = path === undefined ? createMemoryJournal() : await openJournal(path);
    return { reader, queue: createStoredQueue(storage), journal, clock, emit, waitSeconds: 0 };
  }

  /** SQLite is loaded with it. */
  async function openJournal(path: string) {
    const { openReplayJournal } = await import("../../shared/node/replay-journal.ts");
    return openReplayJournal(join(path, "replays"), clock.now());
  }

  async function carryOut(own: OwnStorage, payload: unknown): Promise<HttpAnswer> {
    const parsed = parsePayload(payload, clock.now());
    if (parsed.kind === "wrong") return problem(400, parsed.message);
    opening ??= open(own);
    opening.catch(() => {
      opening = undefined;
    });
    const opened = await opening;
    const report = await inTurn(() => runOrder(parsed, { ...opened, deadlineAt: clock.now() + answerMs }));
    return json(200, report);
  }

  return {
    owns: (path) => path.startsWith(base),
    async answer({ method, path, headers, body }, isKnown) {
      const refusal = refusalOf(headers.authorization, isKnown, options);
      if (refusal) return refusal;
      if (!own) return problem(404, "This process keeps no dead letters of its own: it has no storage path.");
      if (method !== "POST") return problem(405, "Use POST.", { allow: "POST" });
      // A page of another site cannot send this type without asking first, and is refused.
      if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
        return problem(415, "Send content-type: application/json.");
      }
      const asked = parse(body);
      if (typeof asked !== "object" || asked === null) return problem(400, "The body is not a JSON object.");
      const action = path.slice(base.length);
      if (options.rules.readOnly && action !== "list" && action !== "show") {
        return problem(403, "Nothing can be changed through this port: SLUICE_ADMIN_READ_ONLY is set.");
      }
      try {
        if (!action.startsWith("queue/")) return await carryOut(own, { ...asked, action });
        const verbs = createControlVerbs(own.storage, (queue) => queue === deadLettersName);
        const done = verbs(action.slice("queue/".length), asked);
        return done ? json(200, await done) : problem(404, "There is no such verb.");
      } catch (error) {
        return problem(503, errorText(error));
      }
    },
  };
}

function refusalOf(
  authorization: string | undefined,
  isKnown: boolean,
  { rules: { boundTo, tokens } }: DeadLettersPagesOptions,
): HttpAnswer | undefined {
  const allowed = tokens();
  if (isKnown) return undefined;
  if (allowed.length === 0) {
    if (isLoopback(boundTo)) return undefined;
    const fix = "set SLUICE_ADMIN_TOKENS, or bind the admin port to 127.0.0.1";
    return problem(403, `The admin port is open to other machines, so dead letters need a token: ${fix}.`);
  }
  if (isAuthorized(authorization, allowed)) return undefined;
  return problem(401, "Send one of SLUICE_ADMIN_TOKENS as a bearer token.", { "www-authenticate": "Bearer" });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const own = { "content-type": "application/json", "cache-control": "no-store" };
  return textPage(status, JSON.stringify(value), { ...own, ...headers });
}

function problem(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return json(status, { error }, headers);
}
