import { type Destination, type Destinations, isSameDestination } from "../../shared/delivery/destination.ts";

/** A destination that its component may change while it runs. */
export interface OneDestination extends Destinations {
  change(next: () => Destination): void;
}

/**
 * The only destination of an egress, read whenever it is needed, so that credentials in files and from other components
 * are the current ones. While they are refused, the last ones that were not are tried too.
 */
export function createOneDestination(read: () => Destination): OneDestination {
  let reading = read;
  let current: Destination | undefined;
  let lastGood: Destination | undefined;
  let isRefused = false;

  function follow(): Destination {
    const next = reading();
    if (!current || !isSameDestination(current, next)) {
      if (!isRefused) lastGood = current;
      current = next;
      isRefused = false;
    }
    return current;
  }

  return {
    candidates(name) {
      const destination = follow();
      if (name !== destination.name) return [];
      return isRefused && lastGood ? [destination, lastGood] : [destination];
    },
    async refused() {
      follow();
      isRefused = true;
    },
    change(next) {
      reading = next;
    },
  };
}
