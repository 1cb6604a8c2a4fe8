import type { Secret } from "../secret.ts";
import type { Auth } from "./auth.ts";
import type { Exporter } from "./exporter.ts";
import type { Tls } from "./tls.ts";

/** Where exports go, as whom, and in which protocol. */
export interface Destination {
  readonly name: string;
  /** The base URL, as the exporter's protocol wants it, such as https://otlp-gateway-prod-eu-west-2.grafana.net/otlp. */
  readonly endpoint: string;
  readonly auth: Auth;
  readonly exporter: Exporter;
  /** Further headers of every request, lower-case names, such as `x-scope-orgid`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: Tls;
  /** URL of an HTTP proxy; credentials in it are the operator's. */
  readonly proxyUrl?: string;
}

/** Where destinations come from: the configuration, which may change while the process runs. */
export interface Destinations {
  /** The current one first, then the last one that worked, while the current one is refused; empty when none is configured. */
  candidates(name: string): readonly Destination[];
  /** Tells that every candidate was refused (401, 403): the configuration is read again early. */
  refused(name: string): Promise<void>;
}

/** Whether both say the same, secrets included. */
export function isSameDestination(one: Destination, other: Destination): boolean {
  return isSame(one, other);
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (isSecret(one) && isSecret(other)) return one.reveal() === other.reveal();
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isSecret(value: unknown): value is Secret {
  return isObject(value) && typeof value.reveal === "function";
}
