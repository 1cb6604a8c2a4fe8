import type { Clock } from "../../clock.ts";
import type { Auth, Authorized } from "../../delivery/auth.ts";
import type { ExportRequest, Transport, TransportAnswer } from "../../delivery/transport.ts";
import { asObject } from "../../json-document.ts";

/** The auth of a destination that wants tokens of a token server. */
export type OAuth2Auth = Extract<Auth, { readonly kind: "oauth2" }>;

export interface OAuth2Options {
  readonly clock: Pick<Clock, "now">;
  /** Asks the token server. */
  readonly transport: Transport;
}

/** Gives requests their tokens, and learns when a destination takes one no longer. */
export interface OAuth2 {
  authorize(request: ExportRequest, auth: OAuth2Auth): Promise<Authorized>;
  /** Tells that a request was answered 401 or 403: its token is not used again. */
  refused(request: ExportRequest): void;
}

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

interface Client {
  token?: Token | undefined;
  asking?: Promise<Token | Failure> | undefined;
  /** Some servers take the credentials of the client in the form only (RFC 6749 §2.3.1). */
  inForm?: boolean;
}

type Failure = Extract<Authorized, { readonly kind: "failed" }>;

const timeoutMs = 10_000;
/** A token is renewed when this share of its life is left, at most five minutes; meanwhile the old one is used. */
const renewBefore = { share: 0.2, maxMs: 300_000 };
const defaultLifeMs = 3_600_000;
const maxClients = 64;

/** Client credentials of OAuth 2 (RFC 6749 §4.4): one token for all requests of a client, asked for by one at a time. */
export function createOAuth2({ clock, transport }: OAuth2Options): OAuth2 {
  const clients = new Map<string, Client>();

  return {
    async authorize(request, auth) {
      const client = clientOf(auth);
      const now = clock.now();
      const { token } = client;
      if (!token || token.renewAt <= now) {
        client.asking ??= ask(auth, client).finally(() => {
          client.asking = undefined;
        });
        if (!token || token.expiresAt <= now) {
          const asked = await client.asking;
          return "kind" in asked ? asked : withToken(request, asked);
        }
      }
      return withToken(request, token);
    },
    refused(request) {
      for (const client of clients.values()) {
        if (client.token && request.headers.authorization === `Bearer ${client.token.value}`) client.token = undefined;
      }
    },
  };

  function clientOf(auth: OAuth2Auth): Client {
    const key = JSON.stringify({ ...auth, clientSecret: auth.clientSecret.reveal() });
    const client = clients.get(key) ?? {};
    clients.delete(key);
    clients.set(key, client);
    const [oldest] = clients.keys();
    if (clients.size > maxClients && oldest !== undefined) clients.delete(oldest);
    return client;
  }

  async function ask(auth: OAuth2Auth, client: Client): Promise<Token | Failure> {
    const answer = await transport.post(tokenRequest(auth, client.inForm === true), { timeoutMs });
    const read = readToken(answer, clock.now());
    if (!("kind" in read)) {
      client.token = read;
      return read;
    }
    if (client.inForm === undefined && answer.kind === "answered" && (answer.status === 400 || answer.status === 401)) {
      client.inForm = true;
      const again = await ask(auth, client);
      if ("kind" in again) delete client.inForm;
      return again;
    }
    return { ...read, reason: `no token of ${URL.parse(auth.tokenUrl)?.host ?? "the token URL"}: ${read.reason}` };
  }
}

function tokenRequest(auth: OAuth2Auth, inForm: boolean): ExportRequest {
  const { clientId, clientSecret, tokenUrl, scopes, endpointParams } = auth;
  const form = new URLSearchParams({ ...endpointParams, grant_type: "client_credentials" });
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret.reveal())}`;
  if (inForm) {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret.reveal());
  }
  return {
    url: tokenUrl,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      ...(!inForm && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` }),
    },
    body: Buffer.from(form.toString()),
  };
}

function readToken(answer: TransportAnswer, now: number): Token | Failure {
  if (answer.kind === "failed") return answer;
  const { status, body } = answer;
  const fields = parse(body);
  const { access_token: value, expires_in: expiresIn, error, error_description: description } = fields;
  if (status === 200 && typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) {
    const lifeMs = Number(expiresIn) > 0 ? Number(expiresIn) * 1000 : defaultLifeMs;
    const early = Math.min(renewBefore.maxMs, lifeMs * renewBefore.share);
    return { value, renewAt: now + lifeMs - early, expiresAt: now + lifeMs };
  }
  const words = [error, description].filter((text) => typeof text === "string").join(": ");
  const reason = status === 200 ? "the answer has no access_token" : `HTTP ${status}${words && `: ${words}`}`;
  return {
    kind: "failed",
    reason: reason.replace(/\p{Cc}+/gu, " ").slice(0, 200),
    permanent: status === 400 || status === 401,
  };
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(Buffer.from(body).toString())) ?? {};
  } catch {
    return {};
  }
}

function withToken(request: ExportRequest, { value }: Token): Authorized {
  return {
    kind: "authorized",
    request: { ...request, headers: { ...request.headers, authorization: `Bearer ${value}` } },
  };
}
