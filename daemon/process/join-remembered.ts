import type { DestinationState, Remembered } from "../../shared/overview/recent.ts";

/** What several processes remember as that of one daemon: lines in order, and of a destination the worst that is known. */
export function joinRemembered(remembered: readonly Remembered[]): Remembered {
  const lines = remembered.flatMap((each) => each.lines).sort((a, b) => a.at - b.at);
  const destinations = new Map<string, DestinationState>();
  for (const state of remembered.flatMap((each) => each.destinations)) {
    if (destinations.get(state.name)?.reason === undefined) destinations.set(state.name, state);
  }
  return { lines, destinations: [...destinations.values()] };
}
