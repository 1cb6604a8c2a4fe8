type Component = { component_id: string };

/** What happens to the components that look at the host, at containers and at clusters. */
export interface HostEventFields {
  "discovery.failed": Component & { message: string };
  "discovery.recovered": Component & { targets: number };
  "collector.failed": Component & { collector: string; message: string };
  "collector.unsupported": Component & { collector: string; message: string };
  "collector.unknown": Component & { collector: string };
}
