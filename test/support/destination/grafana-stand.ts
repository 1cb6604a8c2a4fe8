import { onTestFinished } from "vitest";
import { createFlushStand, type FlushStand, type FlushStandOptions } from "../flush/flush-stand.ts";
import { type FakeGrafana, type FakeGrafanaOptions, startFakeGrafana } from "./fake-grafana.ts";

export interface GrafanaStand extends FlushStand {
  readonly destination: FakeGrafana;
  /** Where the items are, for `tally`. */
  found(): Promise<{ delivered: FakeGrafana["delivered"]; parked: string[]; queued: string[] }>;
}

/** The real flush function in front of a destination of its own, which is closed when the test ends. */
export async function startGrafanaStand(
  options: FakeGrafanaOptions = {},
  limits: FlushStandOptions = {},
): Promise<GrafanaStand> {
  const destination = await startFakeGrafana(options);
  onTestFinished(() => destination.close());
  const stand = createFlushStand({ endpoint: destination.endpoint, ...limits });
  const found = async () => ({
    delivered: destination.delivered,
    parked: await stand.parkedItems(),
    queued: await stand.queuedItems(),
  });
  return { ...stand, destination, found };
}
