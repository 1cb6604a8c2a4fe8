import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";

/** A client of an OAuth2 server (RFC 6749 §4.4, client credentials). */
export interface OAuth2Client {
  readonly clientId: string;
  /** Read for each new token: a file's content may change. */
  readonly clientSecret: () => Promise<Secret>;
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
  readonly endpointParams: ReadonlyMap<string, string>;
}

const timeoutMs = 10_000;
const maxAnswerChars = 65_536;
/** A token is replaced this long before it ends; one without an end after an hour. */
const marginMs = 60_000;
const defaultLifeSeconds = 3600;

/**
 * Gives an access token, fetched when there is none or it ends soon; callers at the same time share one request. Rejects with
 * a sentence that holds no secret when the server refuses or does not answer.
 */
export function createOAuth2Tokens(client: OAuth2Client, clock: Clock): () => Promise<string> {
  let current: { readonly token: string; readonly endsMs: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const { token, lifeSeconds } = await fetchToken(client);
    const lifeMs = lifeSeconds * 1000;
    current = { token, endsMs: clock.now() + lifeMs - Math.min(marginMs, lifeMs / 2) };
    return token;
  }

  return async () => {
    if (current && clock.now() < current.endsMs) return current.token;
    fetching ??= renew().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
}

async function fetchToken(client: OAuth2Client): Promise<{ token: string; lifeSeconds: number }> {
  const body = new URLSearchParams({ grant_type: "client_credentials", ...Object.fromEntries(client.endpointParams) });
  if (client.scopes.length > 0) body.set("scope", client.scopes.join(" "));
  const secret = (await client.clientSecret()).reveal();
  const credentials = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(secret)}`;
  const answer = await fetch(client.tokenUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = (await answer.text()).slice(0, maxAnswerChars);
  if (!answer.ok) throw new Error(`the token server answered ${answer.status}`);
  const parsed: unknown = JSON.parse(text);
  const fields = typeof parsed === "object" && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
  const { access_token: token, expires_in: life } = fields;
  if (typeof token !== "string" || token === "") throw new Error("the token server's answer has no access_token");
  return { token, lifeSeconds: typeof life === "number" && life > 0 ? life : defaultLifeSeconds };
}
