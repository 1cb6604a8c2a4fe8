import { isAuthorized, type SenderTokens } from "./auth.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";
import { isLoopback } from "./same-origin.ts";

export interface ChangeRules {
  /** The address that the server is bound to. */
  readonly boundTo: string;
  /** Nothing may be changed through this port. */
  readonly readOnly: boolean;
  /** One of them must come with a request that changes something, as a bearer token; none are needed on loopback. */
  readonly tokens: SenderTokens;
}

/** Whether requests that change something need the token. */
export function needsToken({ boundTo, tokens }: ChangeRules): boolean {
  return tokens().length > 0 || !isLoopback(boundTo);
}

/**
 * Why a request that changes something is refused, beside what `guardPages` refuses; undefined where it is not. `isKnown`:
 * whoever calls has given a password already.
 */
export function refusedChange(
  { method, headers }: Pick<HttpRequest, "method" | "headers">,
  rules: ChangeRules,
  isKnown: boolean,
): HttpAnswer | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  if (rules.readOnly) return refusal(403, "Nothing can be changed through this port: SLUICE_ADMIN_READ_ONLY is set.");
  if (isKnown || !needsToken(rules)) return undefined;
  const allowed = rules.tokens();
  if (allowed.length === 0) {
    const why = "The admin port is open to other machines, so changes need a token";
    return refusal(403, `${why}: set SLUICE_ADMIN_TOKENS, or bind the admin port to 127.0.0.1.`);
  }
  return isAuthorized(headers.authorization, allowed)
    ? undefined
    : refusal(401, "Send one of SLUICE_ADMIN_TOKENS as a bearer token.");
}

function refusal(status: number, problem: string): HttpAnswer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: new TextEncoder().encode(JSON.stringify({ problem })) };
}
