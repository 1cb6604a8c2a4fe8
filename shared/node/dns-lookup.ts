import { Resolver } from "node:dns/promises";
import type { DnsRecord, DnsType } from "../discovery/dns.ts";

/** The records of a name, or why there are none; a name that does not exist has an empty answer. */
export type DnsAnswer =
  | { readonly kind: "records"; readonly records: readonly DnsRecord[] }
  | { readonly kind: "failed"; readonly message: string };

const timeoutMs = 5000;

/** Looks names up at the system's servers, or at those given (`127.0.0.1:53`). Never rejects. */
export function createDnsLookup(servers?: readonly string[]): (name: string, type: DnsType) => Promise<DnsAnswer> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers) resolver.setServers([...servers]);
  return async (name, type) => {
    try {
      return { kind: "records", records: await recordsOf(resolver, name, type) };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (code === "ENOTFOUND" || code === "ENODATA") return { kind: "records", records: [] };
      return { kind: "failed", message: `could not resolve ${name}: ${code}` };
    }
  };
}

async function recordsOf(resolver: Resolver, name: string, type: DnsType): Promise<DnsRecord[]> {
  switch (type) {
    case "SRV":
      return (await resolver.resolveSrv(name)).map(({ name: target, port }) => ({ target, port }));
    case "A":
      return (await resolver.resolve4(name)).map((target) => ({ target }));
    case "AAAA":
      return (await resolver.resolve6(name)).map((target) => ({ target }));
    case "MX":
      return (await resolver.resolveMx(name)).map(({ exchange: target }) => ({ target }));
    case "NS":
      return (await resolver.resolveNs(name)).map((target) => ({ target }));
  }
}
