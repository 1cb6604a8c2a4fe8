/** Why something asked for was not answered, in a sentence for a person; `status` 0 where nothing answered at all. */
export class Refused extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const tokenKey = "sluice-token";

/** Remembers the token for as long as this tab is open. */
export function keepToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

/** Asks the API below `/api/v0/`; relative, so that a proxy may put the pages below a path. */
export function get<T>(path: string, abort?: AbortSignal): Promise<T> {
  return ask<T>(path, abort ? { signal: abort } : {});
}

/** Asks for a change, with the token where there is one. */
export function post<T>(path: string, data: unknown = {}): Promise<T> {
  const token = sessionStorage.getItem(tokenKey);
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(data) });
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(`api/v0/${path}`, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused("Sluice does not answer.", 0);
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw new Refused(problemOf(text) || `${response.status} ${response.statusText}`, response.status);
}

function problemOf(text: string): string {
  try {
    const { problem, error = problem } = JSON.parse(text) as { problem?: unknown; error?: unknown };
    return typeof error === "string" ? error : "";
  } catch {
    return text.trim().slice(0, 1000);
  }
}
