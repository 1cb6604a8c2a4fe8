/** A bound on the bytes that are held for requests in flight; whoever cannot reserve must do without. */
export interface Budget {
  /** Takes `bytes` out of the budget; false, taking nothing, when they do not fit. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** Whether `bytes` would fit now. */
  fits(bytes: number): boolean;
  used(): number;
}

/** A budget of `limitBytes`. */
export function createBudget(limitBytes: number): Budget {
  let used = 0;
  return {
    reserve(bytes) {
      if (used + bytes > limitBytes) return false;
      used += bytes;
      return true;
    },
    release(bytes) {
      used -= bytes;
    },
    fits: (bytes) => used + bytes <= limitBytes,
    used: () => used,
  };
}
