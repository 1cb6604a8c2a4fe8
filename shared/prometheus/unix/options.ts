/** Whether a text matches a pattern somewhere in it, as Go's MatchString does. */
export type Matcher = (text: string) => boolean;

/** Which names count: those that match `include`, where given, and do not match `exclude`. */
export interface NameFilter {
  readonly include?: Matcher | undefined;
  readonly exclude?: Matcher | undefined;
}

/** Whether a filter leaves a name out. */
export function ignored(filter: NameFilter, name: string): boolean {
  return filter.exclude?.(name) === true || filter.include?.(name) === false;
}

/** Options of the collectors, patterns compiled; the names are those of prometheus.exporter.unix. */
export interface UnixOptions {
  readonly arp: NameFilter;
  readonly cpu: {
    readonly guest: boolean;
    readonly info: boolean;
    readonly flagsInclude?: Matcher | undefined;
    readonly bugsInclude?: Matcher | undefined;
  };
  /** Whether the collector cpufreq runs: it takes the frequencies over from cpu. */
  readonly cpufreq: boolean;
  readonly disk: NameFilter;
  readonly ethtool: { readonly devices: NameFilter; readonly metrics: Matcher };
  readonly filesystem: {
    readonly mountPoints: NameFilter;
    readonly types: NameFilter;
    readonly mountTimeoutMs: number;
  };
  readonly hwmon: { readonly chips: NameFilter };
  readonly netclass: { readonly devices: NameFilter; readonly ignoreInvalidSpeed: boolean };
  readonly netdev: NameFilter & { readonly addressInfo: boolean };
  readonly netstat: { readonly fields: Matcher };
  readonly powersupply: NameFilter;
  readonly sysctl: { readonly include: readonly string[]; readonly includeInfo: readonly string[] };
  readonly textfile: { readonly directory: string };
  readonly vmstat: { readonly fields: Matcher };
}
