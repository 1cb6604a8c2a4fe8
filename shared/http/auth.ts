import { hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";

/** Decides by itself whether the header `Authorization` is one that may come: user names and passwords. */
export type CheckAuthorization = (authorization: string | undefined) => boolean;

/** Which bearer tokens senders may use: any of them, so that one can be rotated out. None means no authentication. */
export type SenderTokens = () => readonly (Secret | CheckAuthorization)[];

/**
 * Tells whether `authorization` carries one of the tokens as a bearer token (RFC 6750). Takes the same time for every wrong
 * token: digests are compared, all of them, in constant time.
 */
export function isAuthorized(authorization: string | undefined, tokens: ReturnType<SenderTokens>): boolean {
  if (tokens.length === 0) return true;
  const [, given] = /^bearer +([^\s]+)\s*$/i.exec(authorization ?? "") ?? [];
  const digest = sha256(given ?? "");
  const matches = tokens.map((token) =>
    typeof token === "function"
      ? token(authorization)
      : given !== undefined && timingSafeEqual(digest, sha256(token.reveal())),
  );
  return matches.includes(true);
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
