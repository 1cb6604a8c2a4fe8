const names = new WeakMap<object, string>();

/** Notes that what a capsule holds is the export `name`, `prometheus.remote_write.x.receiver`. */
export function nameCapsule(content: object, name: string): void {
  names.set(content, name);
}

/** The export that hands this out, where it is one. */
export function capsuleName(content: object): string | undefined {
  return names.get(content);
}
