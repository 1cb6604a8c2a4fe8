import { hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../secret.ts";

/** Which bearer tokens senders may use: any of them, so that one can be rotated out. None means no authentication. */
export type SenderTokens = () => readonly Secret[];

/**
 * Tells whether `authorization` carries one of the tokens as a bearer token (RFC 6750). Takes the same time for every wrong
 * token: digests are compared, all of them, in constant time.
 */
export function isAuthorized(authorization: string | undefined, tokens: readonly Secret[]): boolean {
  if (tokens.length === 0) return true;
  const [, given] = /^bearer +([^\s]+)\s*$/i.exec(authorization ?? "") ?? [];
  const digest = sha256(given ?? "");
  const matches = tokens.map((token) => timingSafeEqual(digest, sha256(token.reveal())));
  return given !== undefined && matches.includes(true);
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
