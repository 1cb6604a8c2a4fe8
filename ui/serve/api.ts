import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { securityHeaders } from "./page.ts";

/** One call of the pages' API. What it answers with is sent as JSON; a `problem` as 400, undefined as 404. */
export interface Call {
  readonly method: "GET" | "POST";
  /** Gets what stands behind the name in the path, decoded, and the body. */
  answer(rest: string, request: HttpRequest): unknown;
}

/** Something asked for that cannot be done, in a sentence for a person. */
export class ApiProblem extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Where the API of the pages is. */
export const apiPrefix = "/api/v0/sluice/";

/** Answers below `/api/v0/sluice/` by the first word of the path; undefined for every other path. */
export function createApi(
  calls: Readonly<Record<string, Call>>,
): (request: HttpRequest) => Promise<HttpAnswer | undefined> {
  return async (request) => {
    if (!request.path.startsWith(apiPrefix)) return undefined;
    const path = request.path.slice(apiPrefix.length);
    const slash = path.indexOf("/");
    const name = slash < 0 ? path : path.slice(0, slash);
    const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
    if (!call) return json(404, { problem: `There is no ${apiPrefix}${name.slice(0, 100)} here.` });
    const asked = request.method === "HEAD" ? "GET" : request.method;
    if (asked !== call.method) return json(405, { problem: `Use ${call.method}.` }, { allow: call.method });
    const rest = slash < 0 ? "" : decoded(path.slice(slash + 1));
    try {
      const answer = await call.answer(rest, request);
      return answer === undefined ? json(404, { problem: `There is no ${rest}.` }) : json(200, answer);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return json(error.status, { problem: error.message });
    }
  };
}

function json(status: number, data: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const own = { "content-type": "application/json", "cache-control": "no-store" };
  return textPage(status, JSON.stringify(data), { ...securityHeaders, ...own, ...headers });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
