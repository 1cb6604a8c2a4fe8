import type { HttpAnswer, HttpRequest } from "./message.ts";

/**
 * Why a request to a page that is meant for people on this machine or network is refused: its Host is a name that another
 * site may have pointed here (DNS rebinding), or a page of another origin sends it. Undefined where it is neither.
 */
export function foreignRequest(
  { method, headers }: Pick<HttpRequest, "method" | "headers">,
  knownNames: readonly string[],
): string | undefined {
  const host = headers.host ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (!isAddress(name) && name !== "localhost" && !knownNames.includes(name)) {
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

function isAddress(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}

/** `handle` behind that check: what a foreign page or name asks for is answered 403, in one sentence. */
export function guardPages(
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  knownNames: readonly string[],
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const problem = foreignRequest(request, knownNames);
    if (problem === undefined) return handle(request);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return { status: 403, headers, body: new TextEncoder().encode(`${problem}\n`) };
  };
}
