import { isDeepStrictEqual } from "node:util";
import type { EndpointArgs } from "./write-arguments.ts";

/** What an endpoint is made of. */
export interface EndpointConfig {
  readonly endpoint: EndpointArgs;
  readonly externalLabels: ReadonlyMap<string, string>;
}

/** Whether two say the same; secrets compare by their text. */
export function isSameConfig(one: EndpointConfig, other: EndpointConfig): boolean {
  return isDeepStrictEqual(plainOf(one), plainOf(other));
}

function plainOf(value: unknown): unknown {
  if (value instanceof Map) {
    return [...value].map(([key, each]) => [key, plainOf(each)]);
  }
  if (Array.isArray(value)) {
    return value.map(plainOf);
  }
  if (typeof value === "object" && value !== null) {
    const { reveal: text } = value as { readonly reveal?: () => string };
    return typeof text === "function"
      ? text()
      : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainOf(each)]));
  }
  return value;
}
