import { hash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { errorText } from "../../shared/error-text.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import type { BuiltFile } from "../build-page.ts";
import { loadPage } from "./load-page.ts";

/** Nothing from elsewhere, no code inside of the document, no frame around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What every answer of the pages and of their API carries. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

const types: Readonly<Record<string, string>> = {
  "/": "text/html; charset=utf-8",
  "/ui/main.js": "text/javascript; charset=utf-8",
  "/ui/layout.js": "text/javascript; charset=utf-8",
  "/ui/main.css": "text/css; charset=utf-8",
};

/** Serves the files of the page; undefined for every other path. They are loaded when somebody asks first. */
export function createPageFiles(
  load: () => Promise<readonly BuiltFile[]> = loadPage,
): (request: HttpRequest) => Promise<HttpAnswer | undefined> {
  let loading: Promise<ReadonlyMap<string, BuiltFile & { readonly etag: string }>> | undefined;
  return async ({ method, path, headers }) => {
    const type = Object.hasOwn(types, path) ? types[path] : undefined;
    if (type === undefined) return undefined;
    if (method !== "GET" && method !== "HEAD") return textPage(405, "use GET\n", { allow: "GET, HEAD" });
    loading ??= files();
    try {
      const file = (await loading).get(path);
      if (!file) return textPage(404, "the page has no such file\n");
      const common = { ...securityHeaders, "content-type": type, etag: file.etag, "cache-control": "no-cache" };
      const vary = { ...common, vary: "accept-encoding" };
      if (headers["if-none-match"] === file.etag) return { status: 304, headers: vary, body: new Uint8Array() };
      return /\bgzip\b/.test(headers["accept-encoding"] ?? "")
        ? { status: 200, headers: { ...vary, "content-encoding": "gzip" }, body: file.gzip }
        : { status: 200, headers: vary, body: gunzipSync(file.gzip) };
    } catch (error) {
      loading = undefined;
      return textPage(500, `${errorText(error)}\n`, securityHeaders);
    }
  };

  async function files(): Promise<ReadonlyMap<string, BuiltFile & { readonly etag: string }>> {
    const loaded = await load();
    return new Map(loaded.map((file) => [file.path, { ...file, etag: `"${hash("sha256", file.gzip).slice(0, 20)}"` }]));
  }
}
