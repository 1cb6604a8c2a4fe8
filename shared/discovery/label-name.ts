/** A name as part of a meta label: every character outside `[a-zA-Z0-9_]` becomes `_`. */
export function metaName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/gu, "_");
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Labels of a target by name; those that are `undefined` are not there. */
export type TargetLabels = ReadonlyMap<string, string>;

/** A target of labels, without those that are undefined. */
export function targetOf(labels: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const target = new Map<string, string>();
  for (const name in labels) {
    const value = labels[name];
    if (value !== undefined) target.set(name, value);
  }
  return target;
}
