import { hostPort, type TargetLabels, targetOf } from "./label-name.ts";

/** The record types that discovery.dns looks up. */
export const dnsTypes = ["SRV", "A", "AAAA", "MX", "NS"] as const;
export type DnsType = (typeof dnsTypes)[number];

/** A record of an answer: its name or address, and the port where it has one. */
export interface DnsRecord {
  readonly target: string;
  readonly port?: number;
}

/** The target of a record of `name`; `port` is for the types without one. */
export function dnsTarget(record: DnsRecord, of: { name: string; type: DnsType; port: number }): TargetLabels {
  const host = record.target.replace(/\.+$/, "");
  const rooted = `${host}.`;
  return targetOf({
    __address__: hostPort(host, record.port ?? of.port),
    __meta_dns_name: of.name,
    __meta_dns_srv_record_target: of.type === "SRV" ? rooted : undefined,
    __meta_dns_srv_record_port: of.type === "SRV" ? String(record.port ?? 0) : undefined,
    __meta_dns_mx_record_target: of.type === "MX" ? rooted : undefined,
    __meta_dns_ns_record_target: of.type === "NS" ? rooted : undefined,
  });
}
