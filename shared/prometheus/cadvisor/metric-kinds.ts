/** Kinds of metrics that cAdvisor knows, by the names that its arguments have; `built`: those that are given here. */
export const metricKinds = {
  advtcp: { initial: false, built: false },
  app: { initial: true, built: false },
  cpu: { initial: true, built: true },
  cpuLoad: { initial: true, built: true },
  cpu_topology: { initial: false, built: false },
  cpuset: { initial: false, built: false },
  disk: { initial: true, built: true },
  diskIO: { initial: true, built: true },
  hugetlb: { initial: false, built: false },
  memory: { initial: true, built: true },
  memory_numa: { initial: false, built: false },
  network: { initial: true, built: true },
  oom_event: { initial: true, built: true },
  percpu: { initial: true, built: true },
  perf_event: { initial: true, built: false },
  process: { initial: false, built: true },
  referenced_memory: { initial: false, built: false },
  resctrl: { initial: false, built: false },
  sched: { initial: false, built: false },
  tcp: { initial: false, built: false },
  udp: { initial: false, built: false },
} as const satisfies Readonly<Record<string, { readonly initial: boolean; readonly built: boolean }>>;

export type MetricKind = keyof typeof metricKinds;

/** Whether a text names a kind of metrics. */
export function isMetricKind(text: string): text is MetricKind {
  return Object.hasOwn(metricKinds, text);
}

/** The kinds to give: those enabled, or all default ones without those disabled when none is named. */
export function selectKinds(enabled: readonly string[], disabled: readonly string[]): ReadonlySet<MetricKind> {
  const named = enabled.filter(isMetricKind);
  if (named.length > 0) return new Set(named);
  const all = Object.entries(metricKinds) as [MetricKind, { initial: boolean }][];
  const some = disabled.length > 0;
  return new Set(
    all.filter(([kind, { initial }]) => (some ? !disabled.includes(kind) : initial)).map(([kind]) => kind),
  );
}
