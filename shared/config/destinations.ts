import { type Clock, monotonic, type Random } from "../clock.ts";
import { type Destination, type Destinations, isSameDestination } from "../delivery/destination.ts";
import { otlpHttpExporter } from "../exporters/otlp-http/exporter.ts";
import type { Secret } from "../secret.ts";
import type { ConfigStore } from "./config-store.ts";
import { namedDestinations, resolveDestination } from "./destination-settings.ts";
import type { Config } from "./resolve.ts";

export interface DestinationsOptions {
  readonly store: Pick<ConfigStore, "current" | "refresh"> & Partial<Pick<ConfigStore, "destinationTexts">>;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Reads the files that destinations name: certificates, keys, tokens. Throws where it cannot. */
  readonly readText?: (path: string) => string;
  /** Least time between two early refreshes; up to twice as long, so that many processes do not ask at once. */
  readonly minRefreshMs?: number;
}

/** The destination of the settings below `grafana-cloud/`; `SLUICE_DESTINATIONS` names further ones. */
export const grafanaCloudName = "grafana-cloud";

/**
 * Stands in an envelope for the destinations that are found when it is delivered: of what was dead-lettered before it had any. No
 * destination can be called so.
 */
export const intakeName = "(intake)";

/** How far the rotation of one destination's credentials is. */
interface Rotation {
  current?: Destination | undefined;
  lastGood?: Destination | undefined;
  isRefused: boolean;
}

/**
 * The destinations as configured, through rotations of their credentials: refused ones make the settings be read early,
 * and while new ones are refused the last ones that were not are tried too.
 */
export function createDestinations(options: DestinationsOptions): Destinations {
  const { store, clock, random, minRefreshMs = 30_000 } = options;
  const rotations = new Map<string, Rotation>();
  let notBefore = Number.NEGATIVE_INFINITY;

  function follow(name: string): Rotation {
    const rotation = rotations.get(name) ?? { isRefused: false };
    const next = destinationOf(name, options);
    // What nobody has configured is not remembered: envelopes may name anything.
    if (next || rotation.current) rotations.set(name, rotation);
    if (same(rotation.current, next)) return rotation;
    if (!rotation.isRefused) rotation.lastGood = rotation.current;
    rotation.current = next;
    rotation.isRefused = false;
    return rotation;
  }

  return {
    candidates(name) {
      const { current, lastGood, isRefused } = follow(name);
      if (!current) return [];
      return isRefused && lastGood ? [current, lastGood] : [current];
    },
    async refused(name) {
      const rotation = follow(name);
      if (!rotation.current) return;
      rotation.isRefused = true;
      if (monotonic(clock) < notBefore) return;
      notBefore = monotonic(clock) + minRefreshMs * (1 + random());
      await store.refresh();
    },
  };
}

/** The destination of that name as the settings have it now; undefined where they do not name it. */
function destinationOf(name: string, { store, readText }: DestinationsOptions): Destination | undefined {
  const config = store.current();
  if (name === grafanaCloudName) return grafanaCloudOf(config);
  if (!namedDestinations(config.destinations).some((each) => each.name === name)) return undefined;
  return resolveDestination(name, store.destinationTexts?.() ?? {}, readText).destination;
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
