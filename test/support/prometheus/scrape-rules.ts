/** The rules of a scrape with no limit and nothing asked for, as the defaults of prometheus.scrape are. */
export const plainRules = {
  honorLabels: false,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  nameScheme: "legacy",
  limits: { samples: 0, labels: 0, labelNameBytes: 0, labelValueBytes: 0 },
  extraMetrics: false,
  histograms: { native: false, classicToo: false, buckets: 0, maxSchema: 8 },
} as const;
