import { hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";
import type { Sender } from "../sender.ts";

/** Decides by itself whether the header `Authorization` is one that may come: user names and passwords. */
export type CheckAuthorization = (authorization: string | undefined) => boolean;

/** What tells that a request is a sender's: a bearer token, an identity that AWS has checked, or nothing at all. */
export type SenderCredential = { readonly sender: Sender } & (
  | { readonly token: Secret }
  /** ARNs of IAM; a `*` at the end stands for whatever follows. */
  | { readonly principal: string }
  | { readonly anyone: true }
);

/** Which bearer tokens senders may use: any of them, so that one can be rotated out. None means no authentication. */
export type SenderTokens = () => readonly (Secret | CheckAuthorization | SenderCredential)[];

/** What a request says of who sent it. */
export interface Caller {
  readonly authorization: string | undefined;
  /** The ARN of an identity that AWS has checked before the request came here (`aws/url-event.ts`). */
  readonly principal?: string | undefined;
}

/** Who may send; `sender` where the settings name it. */
export interface Identity {
  readonly sender?: Sender;
}

/**
 * Who sent it, undefined where nobody may send so. A bearer token (RFC 6750) takes the same time whatever is wrong with it: digests
 * are compared, all of them, in constant time. Whom AWS has let in by IAM needs no token.
 */
export function identify({ authorization, principal }: Caller, tokens: ReturnType<SenderTokens>): Identity | undefined {
  if (tokens.length === 0) return anonymous;
  const [, given] = /^bearer +([^\s]+)\s*$/i.exec(authorization ?? "") ?? [];
  const digest = sha256(given ?? "");
  const matching = tokens.filter((token) => {
    if (typeof token === "function") return token(authorization);
    if ("reveal" in token) return given !== undefined && timingSafeEqual(digest, digestOf(token));
    if ("token" in token) return given !== undefined && timingSafeEqual(digest, digestOf(token.token));
    if ("anyone" in token) return true;
    return principal !== undefined && isPrincipal(principal, token.principal);
  });
  const found = matching.find((token) => !isForAnyone(token)) ?? matching[0];
  if (found === undefined) return principal === undefined ? undefined : anonymous;
  return "sender" in found ? found : anonymous;
}

/** Tells whether `authorization` carries one of the tokens as a bearer token. */
export function isAuthorized(authorization: string | undefined, tokens: ReturnType<SenderTokens>): boolean {
  return identify({ authorization }, tokens) !== undefined;
}

/** The same without those who need no token: where nobody has one, nobody gets in but whom AWS has let in by IAM. */
export function withoutAnyone(tokens: ReturnType<SenderTokens>): ReturnType<SenderTokens> {
  const asking = tokens.filter((token) => !isForAnyone(token));
  return asking.length > 0 ? asking : [() => false];
}

const anonymous: Identity = {};

function isForAnyone(token: ReturnType<SenderTokens>[number]): boolean {
  return typeof token === "object" && "anyone" in token;
}

function isPrincipal(principal: string, pattern: string): boolean {
  return pattern.endsWith("*") ? principal.startsWith(pattern.slice(0, -1)) : principal === pattern;
}

/** A token's digest is made once, not for each request. */
const digests = new WeakMap<Secret, Buffer>();

function digestOf(token: Secret): Buffer {
  const known = digests.get(token) ?? sha256(token.reveal());
  digests.set(token, known);
  return known;
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
