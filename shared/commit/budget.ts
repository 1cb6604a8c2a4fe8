/** A bound on the bytes that are held for requests in flight; whoever cannot reserve must do without. */
export interface Budget {
  /** Takes `bytes` out of the budget; false, taking nothing, when they do not fit. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** Whether `bytes` would fit now. */
  fits(bytes: number): boolean;
  used(): number;
  /** All of it. */
  readonly limitBytes: number;
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
    limitBytes,
  };
}

/** What one connection may hold of a budget: so much that the largest request fits, and never all of it. */
export const connectionShare = 0.75;

/** One client's part of a budget. */
export interface Share extends Pick<Budget, "reserve" | "release" | "fits"> {
  /** Counts what somebody else reserves in the budget; false, counting nothing, when it is beyond the share. */
  count(bytes: number): boolean;
  uncount(bytes: number): void;
}

/** A share of at most `maxBytes` of a budget. */
export function createShare(budget: Budget, maxBytes: number): Share {
  const own = createBudget(maxBytes);
  return {
    reserve(bytes) {
      if (!own.reserve(bytes)) return false;
      if (budget.reserve(bytes)) return true;
      own.release(bytes);
      return false;
    },
    release(bytes) {
      own.release(bytes);
      budget.release(bytes);
    },
    fits: (bytes) => own.fits(bytes) && budget.fits(bytes),
    count: own.reserve,
    uncount: own.release,
  };
}
