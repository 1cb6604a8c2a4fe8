import { readFile } from "node:fs";
import { arch, networkInterfaces, platform, release } from "node:os";
import { type AnyValue, ListValue } from "../../../../shared/edit/any-value.ts";
import type { Detector } from "./detector.ts";

/** `env`: OTEL_RESOURCE_ATTRIBUTES, `k=v,k2=v2` with percent-encoded values. */
export const detectEnv: Detector = async ({ env }) => {
  const text = env.OTEL_RESOURCE_ATTRIBUTES || env.OTEL_RESOURCE || "";
  const found = new Map<string, AnyValue>();
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue;
    const equals = pair.indexOf("=");
    if (equals <= 0) throw new Error(`OTEL_RESOURCE_ATTRIBUTES holds ${JSON.stringify(pair)}, which is not key=value`);
    found.set(pair.slice(0, equals).trim(), decoded(pair.slice(equals + 1).trim()));
  }
  return found;
};

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Error(`OTEL_RESOURCE_ATTRIBUTES holds ${JSON.stringify(value)}, which is not percent-encoded`);
  }
}

const osTypes: Readonly<Record<string, string>> = { win32: "windows" };
const archNames: Readonly<Record<string, string>> = { x64: "amd64", ia32: "x86", arm: "arm32" };

/** `system`: what this host says of itself. `sources` in the order in which they are asked for its name. */
export function detectSystem(sources: readonly string[]): Detector {
  return async ({ hostname }) => {
    const found = new Map<string, AnyValue>();
    found.set("host.name", await nameOf(hostname, sources));
    found.set("os.type", osTypes[platform()] ?? platform());
    found.set("host.arch", archNames[arch()] ?? arch());
    found.set("os.version", release());
    const addresses = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal }) => !internal);
    found.set("host.ip", new ListValue(addresses.map(({ address }) => address)));
    found.set(
      "host.mac",
      new ListValue([...new Set(addresses.map(({ mac }) => mac.toUpperCase().replaceAll(":", "-")))]),
    );
    const id = await new Promise<string>((resolve) =>
      readFile("/etc/machine-id", "utf8", (_, text = "") => resolve(text)),
    );
    if (id.trim() !== "") found.set("host.id", id.trim());
    return found;
  };
}

async function nameOf(hostname: string, sources: readonly string[]): Promise<string> {
  const { lookup } = await import("node:dns/promises");
  for (const source of sources) {
    if (source === "os") return hostname;
    // The full name, as far as the resolver knows one.
    const found = await lookup(hostname, { hints: 0 }).then(
      async ({ address }) => (source === "lookup" ? address : hostname),
      () => undefined,
    );
    if (found !== undefined) return found;
  }
  return hostname;
}

/** `docker`: name and system of the host, as its engine tells. */
export const detectDocker: Detector = async ({ docker }) => {
  const info = await docker("/info");
  if (typeof info !== "object" || info === null) throw new Error("the Docker engine answered without an object");
  const { Name: name, OSType: os } = info as { Name?: unknown; OSType?: unknown };
  return new Map<string, AnyValue>([
    ["host.name", String(name ?? "")],
    ["os.type", String(os ?? "")],
  ]);
};
