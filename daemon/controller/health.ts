/** How a component is, in Alloy's words. */
export type HealthState = "healthy" | "unhealthy" | "unknown" | "exited";

/** How a component is. Times are milliseconds since 1970. */
export interface Health {
  readonly state: HealthState;
  readonly message: string;
  readonly updatedAt: number;
}

const badness: Readonly<Record<HealthState, number>> = { healthy: 0, unknown: 1, unhealthy: 2, exited: 3 };

/** The worst one; of equally bad ones the newest. */
export function worstHealth(first: Health, ...others: readonly Health[]): Health {
  return others.reduce((worst, each) => {
    const difference = badness[each.state] - badness[worst.state];
    return difference > 0 || (difference === 0 && each.updatedAt > worst.updatedAt) ? each : worst;
  }, first);
}
