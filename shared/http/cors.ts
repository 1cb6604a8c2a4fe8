import type { HttpAnswer, HttpRequest } from "./message.ts";

/** Cross-origin rules for browser SDKs: origins as `https://app.example.com`, `https://*.example.com`, or `*` for any. */
export interface Cors {
  readonly origins: readonly string[];
}

const maxAgeSeconds = 7200;
const defaultHeaders = "content-type, content-encoding, authorization";
const maxRequestedChars = 1024;
/** `navigator.sendBeacon` always sends with credentials; authentication here is by token, so none are looked at. */
const credentials = { "access-control-allow-credentials": "true" };

/** The answer to a preflight request (Fetch standard, "CORS-preflight request"), `undefined` for every other request. */
export function preflight(request: HttpRequest, cors: Cors): HttpAnswer | undefined {
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return undefined;
  const origin = allowedOrigin(request, cors);
  if (origin === undefined) return undefined;
  const requested = request.headers["access-control-request-headers"] ?? "";
  const echo = requested.length <= maxRequestedChars && /^[\w\-, ]+$/.test(requested);
  return {
    status: 204,
    headers: {
      "access-control-allow-origin": origin,
      ...credentials,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": echo ? requested : defaultHeaders,
      "access-control-max-age": String(maxAgeSeconds),
      vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    },
    body: new Uint8Array(),
  };
}

/** The origin of a preflight request that no rule allows; `undefined` for every other request. */
export function refusedOrigin(request: Pick<HttpRequest, "method" | "headers">, cors: Cors): string | undefined {
  const isPreflight = request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
  return isPreflight && allowedOrigin(request, cors) === undefined ? request.headers.origin : undefined;
}

/** Lets the page read `answer`, where its origin is allowed. */
export function withCors(answer: HttpAnswer, request: Pick<HttpRequest, "headers">, cors: Cors): HttpAnswer {
  const origin = allowedOrigin(request, cors);
  // Caches between must know that the answer depends on the origin, even where this one is not allowed.
  const headers = { ...answer.headers, vary: "Origin" };
  if (origin === undefined) return { ...answer, headers };
  const expose = { "access-control-expose-headers": "Retry-After" };
  const allowed = { "access-control-allow-origin": origin, ...credentials, ...expose };
  return { ...answer, headers: { ...headers, ...allowed } };
}

function allowedOrigin(request: Pick<HttpRequest, "headers">, { origins }: Cors): string | undefined {
  const { origin } = request.headers;
  return origin !== undefined && origins.some((pattern) => matches(origin, pattern)) ? origin : undefined;
}

/** One `*` in a pattern stands for any run of characters of a host name; alone, for any origin. */
function matches(origin: string, pattern: string): boolean {
  if (pattern === "*" || pattern === origin) return true;
  const [before, after, ...more] = pattern.split("*");
  if (before === undefined || after === undefined || more.length > 0) return false;
  const middle = origin.slice(before.length, origin.length - after.length);
  return origin.startsWith(before) && origin.endsWith(after) && /^[\w.-]+$/.test(middle);
}
