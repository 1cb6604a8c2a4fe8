import type { Clock, Random } from "../clock.ts";
import { type Destination, type Destinations, isSameDestination } from "../delivery/destination.ts";
import { otlpHttpExporter } from "../exporters/otlp-http/exporter.ts";
import type { Secret } from "../secret.ts";
import type { ConfigStore } from "./config-store.ts";
import type { Config } from "./resolve.ts";

export interface DestinationsOptions {
  readonly store: Pick<ConfigStore, "current" | "refresh">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Least time between two early refreshes; up to twice as long, so that many processes do not ask at once. */
  readonly minRefreshMs?: number;
}

/** The only destination until there are several: its settings are below `grafana-cloud/`. */
export const grafanaCloudName = "grafana-cloud";

/**
 * The destination as configured, through a rotation of its credentials: refused ones make the settings be read early,
 * and while new ones are refused the last ones that were not are tried too.
 */
export function createDestinations(options: DestinationsOptions): Destinations {
  const { store, clock, random, minRefreshMs = 30_000 } = options;
  let current: Destination | undefined;
  let lastGood: Destination | undefined;
  let isRefused = false;
  let notBefore = Number.NEGATIVE_INFINITY;

  function follow(): void {
    const next = grafanaCloudOf(store.current());
    if (same(current, next)) return;
    if (!isRefused) lastGood = current;
    current = next;
    isRefused = false;
  }

  return {
    candidates(name) {
      follow();
      if (name !== grafanaCloudName || !current) return [];
      return isRefused && lastGood ? [current, lastGood] : [current];
    },
    async refused(name) {
      follow();
      if (name !== grafanaCloudName) return;
      isRefused = true;
      if (clock.now() < notBefore) return;
      notBefore = clock.now() + minRefreshMs * (1 + random());
      await store.refresh();
    },
  };
}

/** The Grafana Cloud destination of a configuration; undefined when a part of it is missing. */
export function grafanaCloudOf({ endpoint, instanceId, apiKey }: Config): Destination | undefined {
  if (!endpoint || !instanceId || !apiKey) return undefined;
  return grafanaCloudDestination({ endpoint, instanceId, apiKey });
}

export interface GrafanaCloud {
  /** Base URL of the OTLP gateway, such as https://otlp-gateway-prod-eu-west-2.grafana.net/otlp. */
  readonly endpoint: string;
  readonly instanceId: string;
  readonly apiKey: Secret;
}

/** Grafana Cloud's OTLP gateway as a destination: the instance is the user, the key its password. */
export function grafanaCloudDestination({ endpoint, instanceId, apiKey }: GrafanaCloud): Destination {
  const auth = { kind: "basic", username: instanceId, password: apiKey } as const;
  return { name: grafanaCloudName, endpoint, auth, exporter: otlpHttpExporter };
}

function same(one: Destination | undefined, other: Destination | undefined): boolean {
  return one && other ? isSameDestination(one, other) : one === other;
}
