import type { Secret } from "../secret.ts";
import type { ExportRequest } from "./transport.ts";

/** As whom exports are sent. */
export type Auth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: Secret }
  | { readonly kind: "bearer"; readonly token: Secret }
  /** Lower-case names. */
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, Secret>> }
  /** Client credentials (RFC 6749 §4.4): a token is fetched from `tokenUrl`, used and renewed. */
  | {
      readonly kind: "oauth2";
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly tokenUrl: string;
      readonly scopes: readonly string[];
      readonly endpointParams: Readonly<Record<string, string>>;
    }
  /** AWS Signature Version 4; without keys those of the environment or role. */
  | {
      readonly kind: "sigv4";
      readonly region: string;
      readonly service: string;
      readonly accessKeyId?: string;
      readonly secretAccessKey?: Secret;
      readonly roleArn?: string;
    };

/** A request with its credentials, or why there are none now; `permanent` where only the operator can help. */
export type Authorized =
  | { readonly kind: "authorized"; readonly request: ExportRequest }
  | { readonly kind: "failed"; readonly reason: string; readonly permanent: boolean };

/** Puts credentials on a request. Never rejects. */
export type Authorize = (request: ExportRequest, auth: Auth) => Promise<Authorized>;

/** Knows the credentials that are at hand; those that must be fetched or computed need an adapter (`node/`, `aws/`). */
export const authorizeAtHand: Authorize = async (request, auth) => {
  if (auth.kind === "oauth2" || auth.kind === "sigv4") {
    return { kind: "failed", reason: `this process has no adapter for the auth ${auth.kind}`, permanent: true };
  }
  return { kind: "authorized", request: { ...request, headers: { ...request.headers, ...headersOf(auth) } } };
};

type AtHand = Exclude<Auth, { readonly kind: "oauth2" | "sigv4" }>;

function headersOf(auth: AtHand): Readonly<Record<string, string>> {
  switch (auth.kind) {
    case "none":
      return {};
    case "basic": {
      const credentials = `${auth.username}:${auth.password.reveal()}`;
      return { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
    }
    case "bearer":
      return { authorization: `Bearer ${auth.token.reveal()}` };
    case "headers":
      return Object.fromEntries(Object.entries(auth.headers).map(([name, value]) => [name, value.reveal()]));
  }
}
