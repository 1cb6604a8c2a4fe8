/** What functions need from outside. */
export interface OttlHost {
  /** Nanoseconds since 1970. */
  now(): bigint;
  /** Sixteen random bytes. */
  randomBytes(): Uint8Array;
}
