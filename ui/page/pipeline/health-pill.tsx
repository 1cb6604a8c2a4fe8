import type { HealthRow } from "../../../shared/overview/pipeline.ts";
import { Pill, type Tone } from "../parts/pill.tsx";

const tones: Readonly<Record<string, Tone>> = { healthy: "good", unhealthy: "bad", exited: "bad", unknown: "quiet" };

/** How a component is. */
export function HealthPill({ health }: { readonly health: HealthRow }) {
  return <Pill tone={tones[health.state] ?? "quiet"}>{health.state}</Pill>;
}
