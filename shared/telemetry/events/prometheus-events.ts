type Component = { component_id: string };

/** What happens to the components of metrics. */
export interface PrometheusEventFields {
  "scrape.failed": Component & { url: string; message: string };
  "scrape.skipped": Component & { url: string; reason: string };
  "scrape.unusual": Component & { url: string; message: string };
  "target.refused": Component & { target: string; message: string };
  "samples.dropped": Component & { reason: string; samples: number; example: string };
  "samples.echoed": Component & { samples: number; text: string };
  "write.refused": Component & { status: number; message: string };
}
