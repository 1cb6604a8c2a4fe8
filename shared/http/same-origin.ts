import type { HttpAnswer, HttpRequest } from "./message.ts";

/**
 * Why a request to a page that is meant for people and probes is refused: a page of another origin sends it, or, where the
 * server is bound to loopback, its Host is a name that another site may have pointed here (DNS rebinding). Elsewhere probes
 * and services come by names of their own. Undefined where it is neither.
 */
export function foreignRequest(
  { method, headers }: Pick<HttpRequest, "method" | "headers">,
  boundTo: string,
): string | undefined {
  const host = headers.host ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (isLoopback(boundTo) && !isAddress(name) && !isLoopback(name)) {
    return `The Host ${JSON.stringify(host.slice(0, 100))} is not a name of this server: use its address, or localhost.`;
  }
  const { origin, "sec-fetch-site": site } = headers;
  if (origin !== undefined && origin.replace(/^https?:\/\//, "") !== host) {
    return "Pages of other origins may not use this port.";
  }
  const isSafe = method === "GET" || method === "HEAD";
  return !isSafe && site !== undefined && site !== "same-origin" && site !== "none"
    ? "Pages of other origins may not use this port."
    : undefined;
}

/** `handle` behind that check: what a foreign page or name asks for is answered 403, in one sentence. */
export function guardPages<Rest extends readonly unknown[]>(
  handle: (request: HttpRequest, ...rest: Rest) => Promise<HttpAnswer>,
  boundTo: string,
): (request: HttpRequest, ...rest: Rest) => Promise<HttpAnswer> {
  return async (request, ...rest) => {
    const problem = foreignRequest(request, boundTo);
    if (problem === undefined) return handle(request, ...rest);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return { status: 403, headers, body: new TextEncoder().encode(`${problem}\n`) };
  };
}

/** Whether nothing but this machine reaches a server that is bound to `host`, or this is a name of the machine for itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

function isAddress(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}
