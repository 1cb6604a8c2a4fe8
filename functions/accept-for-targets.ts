import type { Accept } from "../shared/batch/accept.ts";
import { createFanOut } from "../shared/commit/fan-out.ts";
import { namedDestinations } from "../shared/config/destination-settings.ts";
import { grafanaCloudName } from "../shared/config/destinations.ts";
import type { Config } from "../shared/config/resolve.ts";
import { forChosen } from "../shared/senders/with-senders.ts";
import { signalNames } from "../shared/signal.ts";

/** The way to every destination of the settings, where no pipeline decides: one envelope for each that takes the signal. */
export function acceptForTargets(
  destinations: Config["destinations"],
  enqueueFor: (destination: string) => Accept,
): Accept {
  const targets = [{ name: grafanaCloudName, signals: signalNames }, ...namedDestinations(destinations)];
  return createFanOut(targets.map(({ name, signals }) => ({ accept: forChosen(name, enqueueFor(name)), signals })));
}
