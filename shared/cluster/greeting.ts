import { isObject } from "../json-document.ts";
/** A process of a cluster. */
export interface Member {
  readonly name: string;
  /** `host:port` of its admin port. */
  readonly address: string;
  readonly state: "participant" | "terminating";
}

/** What members tell each other: who one is, and whom one knows. */
export interface Greeting {
  /** The cluster's name; empty where it has none. */
  readonly cluster: string;
  readonly from: Member;
  /** Addresses of the other members that `from` knows. */
  readonly known: readonly string[];
}

/** Most members that a greeting names, and that a member keeps. */
export const maxMembers = 256;

const maxNameLength = 256;

/** A greeting out of JSON; undefined when it is not one. Never throws. */
export function parseGreeting(text: string): Greeting | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value.from) || !Array.isArray(value.known)) return undefined;
  const { name, address, state } = value.from;
  if (!isName(name) || name === "" || !isAddress(address) || !isName(value.cluster)) return undefined;
  if (state !== "participant" && state !== "terminating") return undefined;
  const known = value.known.filter(isAddress).slice(0, maxMembers);
  return { cluster: value.cluster, from: { name, address, state }, known };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxNameLength;
}

function isAddress(value: unknown): value is string {
  return isName(value) && /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+):\d{1,5}$/.test(value);
}
