import { hash, timingSafeEqual } from "node:crypto";

/** Users of a password file, by name: what is behind the colon, as it is written there. */
export type PasswordFile = ReadonlyMap<string, string>;

/** Checks a password that is kept as bcrypt; the pure code has none of its own. */
export type CheckBcrypt = (password: string, kept: string) => boolean;

const maxUsers = 10_000;

/**
 * Reads a password file as Apache's `htpasswd` writes it: `user:hash` by line, comments behind `#`. Throws an `Error` with the
 * number of a line that cannot be read, and never with what is in it.
 */
export function parsePasswordFile(text: string): PasswordFile {
  const users = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim();
    if (entry === "" || entry.startsWith("#")) continue;
    const colon = entry.indexOf(":");
    if (colon < 1) throw new Error(`line ${index + 1} of the htpasswd is not user:hash`);
    const kept = entry.slice(colon + 1);
    if (/^\$(?!apr1\$|1\$|2[abxy]?\$)/.test(kept))
      throw new Error(`line ${index + 1} of the htpasswd has a hash that is not supported: use bcrypt (htpasswd -B)`);
    users.set(entry.slice(0, colon), kept);
    if (users.size > maxUsers) throw new Error(`the htpasswd has more than ${maxUsers} users`);
  }
  return users;
}

/** Whether a password is the one that is kept: bcrypt, `{SHA}`, `{SSHA}`, `$apr1$`, `$1$`, or the password itself. */
export function isPassword(password: string, kept: string, checkBcrypt: CheckBcrypt): boolean {
  if (/^\$2[abxy]?\$/.test(kept)) return checkBcrypt(password, kept);
  const [, magic, salt = ""] = /^(\$apr1\$|\$1\$)([^$]{0,8})\$/.exec(kept) ?? [];
  if (magic !== undefined) return same(`${magic}${salt}$${md5Crypt(password, magic, salt)}`, kept);
  if (kept.startsWith("{SHA}")) return same(hash("sha1", password, "base64"), kept.slice("{SHA}".length));
  if (kept.startsWith("{SSHA}")) {
    const whole = Buffer.from(kept.slice("{SSHA}".length), "base64");
    const digest = hash("sha1", Buffer.concat([Buffer.from(password), whole.subarray(20)]), "buffer");
    return whole.length > 20 && timingSafeEqual(digest, whole.subarray(0, 20));
  }
  return same(password, kept);
}

/** Compares digests, so that the time says nothing about where the texts differ. */
function same(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const rounds = 1000;
/** Which bytes of the digest are written together, six bits a letter. */
const order: readonly (readonly [number, number, number])[] = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
];

/** The digest of MD5-crypt (FreeBSD; `$apr1$` in Apache's httpd): 22 letters. */
function md5Crypt(text: string, magic: string, saltText: string): string {
  const [password, salt] = [Buffer.from(text), Buffer.from(saltText)];
  const inner = md5(password, salt, password);
  const parts: Uint8Array[] = [password, Buffer.from(magic), salt];
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Buffer.of(0) : password.subarray(0, 1));
  let digest = md5(...parts);
  for (let round = 0; round < rounds; round++) {
    const isOdd = (round & 1) === 1;
    digest = md5(
      isOdd ? password : digest,
      round % 3 === 0 ? Buffer.of() : salt,
      round % 7 === 0 ? Buffer.of() : password,
      isOdd ? digest : password,
    );
  }
  const byte = (index: number): number => digest[index] ?? 0;
  const groups = order.map(([a, b, c]) => letters((byte(a) << 16) | (byte(b) << 8) | byte(c), 4));
  return `${groups.join("")}${letters(byte(11), 2)}`;
}

function letters(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join("");
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  return hash("md5", Buffer.concat(parts), "buffer");
}
