const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/**
 * Milliseconds of a `grpc-timeout` header: at most eight digits and a unit (grpc: PROTOCOL-HTTP2.md, "Timeout");
 * `undefined` for none and, as other servers do, for one that cannot be read or lasts longer than `maxMs`.
 */
export function parseTimeout(header: string | undefined, maxMs = 2 ** 31 - 1): number | undefined {
  const match = header === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(header);
  if (!match) return undefined;
  const ms = Number(match[1]) * (unitMs[match[2] ?? ""] ?? 0);
  return ms > maxMs ? undefined : ms;
}
