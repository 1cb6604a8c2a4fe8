import { hash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../secret.ts";

/** Which access keys streams may use, any of them, so that one can be rotated out. None: any; undefined: nobody is let in. */
export type AccessKeys = () => readonly Secret[] | undefined;

/** Whether `given` is one of the keys. Takes the same time for every wrong one: digests are compared, all of them. */
export function isAllowed(given: string | undefined, keys: ReturnType<AccessKeys>): boolean {
  if (keys === undefined) return false;
  if (keys.length === 0) return true;
  const digest = sha256(given ?? "");
  const matches = keys.map((key) => given !== undefined && timingSafeEqual(digest, sha256(key.reveal())));
  return matches.includes(true);
}

function sha256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
