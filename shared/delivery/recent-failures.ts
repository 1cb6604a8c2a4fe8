/** What failed alone, lately: so that it is sent alone next, and that its failures are not taken for an outage. */
export interface RecentFailures {
  readonly size: number;
  has(bytes: Uint8Array): boolean;
  /** Says that it failed alone at `now`, milliseconds of a monotonic clock; returns when it first did. */
  add(bytes: Uint8Array, now: number): number;
  /** It was taken after all. */
  remove(bytes: Uint8Array): void;
  clear(): void;
}

const maxRemembered = 1000;
const maxAgeMs = 3_600_000;
/** Bytes that are looked at, spread over the whole: who meets by chance is sent alone once, that is all. */
const sampledBytes = 256;

/** Remembers by a fingerprint of the uncompressed bytes, up to a thousand of them. */
export function createRecentFailures(): RecentFailures {
  const first = new Map<string, { readonly since: number; readonly last: number }>();

  return {
    get size() {
      return first.size;
    },
    has: (bytes) => first.size > 0 && first.has(fingerprint(bytes)),
    add(bytes, now) {
      const key = fingerprint(bytes);
      const known = first.get(key);
      const since = known && now - known.last < maxAgeMs ? known.since : now;
      first.delete(key);
      first.set(key, { since, last: now });
      const [oldest] = first.keys();
      if (first.size > maxRemembered && oldest !== undefined) first.delete(oldest);
      return since;
    },
    clear: () => first.clear(),
    remove(bytes) {
      if (first.size > 0) first.delete(fingerprint(bytes));
    },
  };
}

/** FNV-1a over a sample, beside the length. */
function fingerprint(bytes: Uint8Array): string {
  const step = Math.max(1, Math.floor(bytes.length / sampledBytes));
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += step) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return `${bytes.length}.${hash >>> 0}`;
}
