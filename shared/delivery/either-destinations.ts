import type { Destinations } from "./destination.ts";

/** The destinations of both; a name that the first knows is the first's. */
export function eitherDestinations(first: Destinations, second: Destinations): Destinations {
  return {
    candidates(name) {
      const known = first.candidates(name);
      return known.length > 0 ? known : second.candidates(name);
    },
    async refused(name) {
      await (first.candidates(name).length > 0 ? first : second).refused(name);
    },
  };
}
