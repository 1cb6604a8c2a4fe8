import type { Stability } from "./component.ts";

/** From the least stable to the most. */
export const stabilities = ["experimental", "public-preview", "generally-available"] as const;

/** Why something of `stability` may not be used at `minimum`; undefined when it may. `what` as in `component "x"`. */
export function stabilityProblem(what: string, stability: Stability, minimum: Stability): string | undefined {
  if (stabilities.indexOf(stability) >= stabilities.indexOf(minimum)) return undefined;
  return (
    `${what} is at stability level "${stability}", which is below the minimum allowed stability level "${minimum}". ` +
    `Use --stability.level command-line flag to enable "${stability}" features`
  );
}
