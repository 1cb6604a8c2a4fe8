import type { HttpAnswer, HttpRequest } from "./message.ts";

/** A page of an admin port: what asks for it, and what it is. HEAD counts as GET. */
export interface Page {
  readonly method: "GET" | "POST";
  readonly make: () => Promise<HttpAnswer> | HttpAnswer;
}

/** Answers with the page at a path: 404 names those that there are, 405 the method. */
export function servePages(pages: Readonly<Record<string, Page>>): (request: HttpRequest) => Promise<HttpAnswer> {
  return async ({ method, path }) => {
    const found = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!found) return textPage(404, `no such page; there are ${Object.keys(pages).join(", ")}\n`);
    const allow = found.method === "GET" ? "GET, HEAD" : found.method;
    const asked = method === "HEAD" ? "GET" : method;
    return asked === found.method ? found.make() : textPage(405, `use ${found.method}\n`, { allow });
  };
}

/** An answer of plain text, unless `headers` say otherwise. */
export function textPage(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const plain = { "content-type": "text/plain; charset=utf-8" };
  return { status, headers: { ...plain, ...headers }, body: new TextEncoder().encode(text) };
}
