import { hash, timingSafeEqual } from "node:crypto";
import { compareSync } from "bcryptjs";
import type { CheckAuthorization } from "../../../../shared/http/auth.ts";
import { isPassword, type PasswordFile, parsePasswordFile } from "../../../../shared/http/htpasswd.ts";
import type { Secret } from "../../../../shared/secret.ts";

export interface BasicCheckOptions {
  /** The text of the password file, read when it is needed. Throws where it cannot be read. */
  readonly read: () => string;
  /** A user beside those of the file, with the password itself. */
  readonly plain?: { readonly username: string; readonly password: Secret };
  readonly now: () => number;
}

const maxRemembered = 1_000;
/** A file is looked at again after this time. */
const readEveryMs = 5_000;
/** bcrypt is slow by design: what nobody has sent before is checked so often a second, so that guessing does not take the processor. */
const maxSlowPerSecond = 5;

/** Checks `Authorization: Basic` against a password file. Credentials that were right are remembered, as a digest, until the file changes. */
export function createBasicCheck({ read, plain, now }: BasicCheckOptions): CheckAuthorization {
  let text = "";
  let users: PasswordFile = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let slow = { second: 0, checks: 0 };
  const right = new Set<string>();

  return (authorization) => {
    const [, encoded] = /^basic +([A-Za-z0-9+/=]+)\s*$/i.exec(authorization ?? "") ?? [];
    if (encoded === undefined) return false;
    if (plain && isSame(encoded, `${plain.username}:${plain.password.reveal()}`)) return true;
    refresh();
    const digest = hash("sha256", encoded, "base64");
    if (right.has(digest)) return true;
    const [name, password] = split(Buffer.from(encoded, "base64").toString());
    const kept = users.get(name);
    if (kept === undefined || password === undefined || !isPassword(password, kept, checkSlowly)) return false;
    if (right.size >= maxRemembered) right.clear();
    right.add(digest);
    return true;
  };

  function checkSlowly(password: string, kept: string): boolean {
    const second = Math.floor(now() / 1000);
    if (slow.second !== second) slow = { second, checks: 0 };
    return ++slow.checks <= maxSlowPerSecond && compareSync(password, kept);
  }

  function refresh(): void {
    if (now() - readAt < readEveryMs) return;
    readAt = now();
    try {
      const next = read();
      if (next === text) return;
      users = parsePasswordFile(next);
      text = next;
      right.clear();
    } catch {
      // A file that is being replaced: who was let in before is let in still.
    }
  }
}

function split(credentials: string): readonly [string, string | undefined] {
  const colon = credentials.indexOf(":");
  return colon < 0 ? [credentials, undefined] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function isSame(encoded: string, credentials: string): boolean {
  const wanted = hash("sha256", Buffer.from(credentials).toString("base64"), "buffer");
  return timingSafeEqual(hash("sha256", encoded, "buffer"), wanted);
}
