import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { ConnectionOptions } from "node:tls";

/** What an API said, or why there is no answer; `message` is for a person and holds no secret. */
export type ApiAnswer<T> = { readonly kind: "ok"; readonly value: T } | ApiFailure;

/** `status` when the server answered; `aborted` when the caller stopped it. */
export interface ApiFailure {
  readonly kind: "failed";
  readonly message: string;
  readonly status?: number;
  readonly aborted?: boolean;
}

/** Where an API is and how to speak to it. */
export interface ApiClientOptions {
  /** `http://host:port`, `https://host:port`, or `unix:///path/of/socket`; a path is put before every path. */
  readonly url: string;
  readonly tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized" | "minVersion">;
  /** Headers of every request, read again for each: tokens change. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Default 30 s: until the answer is there, or for a stream until it begins. */
  readonly timeoutMs?: number;
  /** Longest JSON answer, default 64 MiB. */
  readonly maxBytes?: number;
}

/** Reads JSON and streams from an HTTP API; never rejects. */
export interface ApiClient {
  getJson(path: string, signal?: AbortSignal): Promise<ApiAnswer<unknown>>;
  /** The body as it comes. The reader must consume it or destroy it; it ends when `signal` aborts. */
  stream(path: string, signal?: AbortSignal): Promise<ApiAnswer<IncomingMessage>>;
  close(): void;
}

const maxErrorBytes = 4096;

/** A client with kept-alive connections to one API. Throws when the URL is not one of its forms. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { timeoutMs = 30_000, maxBytes = 64 * 1024 * 1024 } = options;
  const place = parsePlace(options.url);
  const agent = place.tls
    ? new HttpsAgent({ keepAlive: true, maxFreeSockets: 4, ...options.tls })
    : new HttpAgent({ keepAlive: true, maxFreeSockets: 4 });

  async function open(path: string, signal: AbortSignal | undefined): Promise<ApiAnswer<IncomingMessage>> {
    let headers: Readonly<Record<string, string>>;
    try {
      headers = (await options.headers?.()) ?? {};
    } catch (error) {
      return failed(error, signal);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      const send = place.tls ? httpsRequest : httpRequest;
      const request: ClientRequest = send({
        ...place.options,
        agent,
        path: place.base + path,
        headers: { accept: "application/json", ...headers },
        ...(signal && { signal }),
      });
      request.on("response", (response) => {
        clearTimeout(timer);
        resolve({ kind: "ok", value: response });
      });
      request.on("error", (error) => {
        clearTimeout(timer);
        resolve(failed(error, signal));
      });
      request.end();
    });
  }

  async function stream(path: string, signal?: AbortSignal): Promise<ApiAnswer<IncomingMessage>> {
    const opened = await open(path, signal);
    if (opened.kind === "failed") return opened;
    const { value: response } = opened;
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return opened;
    const text = await readText(response, maxErrorBytes).catch(() => undefined);
    return { kind: "failed", status, message: `${status} ${said(text?.text ?? "")}`.trim() };
  }

  async function getJson(path: string, signal?: AbortSignal): Promise<ApiAnswer<unknown>> {
    const opened = await stream(path, signal);
    if (opened.kind === "failed") return opened;
    const timer = setTimeout(() => opened.value.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const { text, complete } = await readText(opened.value, maxBytes);
      if (!complete) return { kind: "failed", message: `the answer is longer than ${maxBytes} bytes` };
      return { kind: "ok", value: JSON.parse(text) };
    } catch (error) {
      return failed(error, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  return { getJson, stream, close: () => agent.destroy() };
}

async function readText(response: IncomingMessage, maxBytes: number): Promise<{ text: string; complete: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), complete: length <= maxBytes };
}

/** Both Docker and Kubernetes put what is wrong into `message`. */
function said(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Not JSON: the text itself.
  }
  return text.trim().slice(0, 512);
}

function failed(error: unknown, signal: AbortSignal | undefined): ApiFailure {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return { kind: "failed", message, ...(signal?.aborted && { aborted: true }) };
}

interface Place {
  readonly tls: boolean;
  readonly base: string;
  readonly options: { readonly socketPath: string } | { readonly host: string; readonly port: number };
}

function parsePlace(text: string): Place {
  const socket = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (socket !== undefined) return { tls: false, base: "", options: { socketPath: socket } };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^(https?|tcp):$/.test(url.protocol) || url.hostname === "") {
    throw new Error(
      `${JSON.stringify(text)} is not an address: it must be unix:///path, tcp://…, http://… or https://…`,
    );
  }
  const tls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  return { tls, base: url.pathname.replace(/\/+$/, ""), options: { host, port } };
}
