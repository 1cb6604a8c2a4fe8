/** One query of a panel: `%` stands for the labels that the dashboard's variables choose. */
export interface PanelQuery {
  readonly expression: string;
  readonly legend: string;
}

/** One panel: a title, what to think of it, and its queries. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: "short" | "ops" | "bytes" | "Bps" | "s" | "percentunit" | "bool";
  readonly queries: readonly PanelQuery[];
}

/** A row of the dashboard. */
export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}{%}[$__rate_interval]))`;

/** Everything that the Grafana dashboard shows, in its order. */
export const panelRows: readonly PanelRow[] = [
  {
    title: "Ledger: accepted = delivered + rejected + dead-lettered + in flight",
    panels: [
      {
        title: "Items per second",
        description:
          "What comes in goes out. A gap is in flight, in a queue or in the dead letters: the panels below say which.",
        unit: "ops",
        queries: [
          { expression: rate("sluice_accepted_items_total", "signal"), legend: "accepted {{signal}}" },
          { expression: rate("sluice_delivered_items_total", "signal"), legend: "delivered {{signal}}" },
        ],
      },
      {
        title: "Items that did not arrive, per second",
        description:
          "Rejected: the destination took the export without them. Dead-lettered: it refuses them for good; sluice dead-letters list.",
        unit: "ops",
        queries: [
          {
            expression: rate("sluice_rejected_items_total", "signal, destination"),
            legend: "rejected {{signal}} by {{destination}}",
          },
          {
            expression: rate("sluice_dead_lettered_items_total", "signal, reason"),
            legend: "dead-lettered {{signal}}, {{reason}}",
          },
          { expression: rate("sluice_storage_expired_items_total", "queue"), legend: "too old in {{queue}}" },
        ],
      },
      {
        title: "In flight",
        description: "Accepted and neither delivered nor dead-lettered yet.",
        unit: "short",
        queries: [{ expression: "sum by (signal) (sluice_in_flight_items{%})", legend: "{{signal}}" }],
      },
      {
        title: "Requests that were not taken, per second",
        description:
          "Refused: the sender must change something. Unavailable: it was asked to send again, and loses nothing.",
        unit: "ops",
        queries: [
          {
            expression: rate("sluice_refused_requests_total", "signal, reason"),
            legend: "refused {{signal}}, {{reason}}",
          },
          {
            expression: rate("sluice_unavailable_requests_total", "signal, reason"),
            legend: "unavailable {{signal}}, {{reason}}",
          },
        ],
      },
    ],
  },
  {
    title: "Destinations",
    panels: [
      {
        title: "Up",
        description:
          "0 while what comes waits in the queue, 1 since exports succeed again; nothing where none ever failed.",
        unit: "bool",
        queries: [{ expression: "min by (destination) (sluice_destination_up{%})", legend: "{{destination}}" }],
      },
      {
        title: "Time of an export, 95th percentile",
        description: "From sending to the answer.",
        unit: "s",
        queries: [
          {
            expression:
              "histogram_quantile(0.95, sum by (le, destination) (rate(sluice_export_duration_seconds_bucket{%}[$__rate_interval])))",
            legend: "{{destination}}",
          },
        ],
      },
      {
        title: "Exports tried again, per second",
        description: "By the reason that the destination gave.",
        unit: "ops",
        queries: [
          {
            expression: rate("sluice_retried_exports_total", "destination, reason"),
            legend: "{{destination}}, {{reason}}",
          },
        ],
      },
      {
        title: "Exports refused for credentials or address, per second",
        description: "Nothing arrives until somebody changes a setting; nothing is lost until the queue is full.",
        unit: "ops",
        queries: [
          {
            expression: rate("sluice_destination_refusals_total", "destination, status"),
            legend: "{{destination}} {{status}}",
          },
        ],
      },
    ],
  },
  {
    title: "Disk queue and dead letters",
    panels: [
      {
        title: "Age of the oldest message",
        description: "How far delivery is behind.",
        unit: "s",
        queries: [{ expression: "max by (queue) (sluice_storage_oldest_seconds{%})", legend: "{{queue}}" }],
      },
      {
        title: "Bytes on the disk",
        description: "At the limit, clients are asked to come back and tails stop reading.",
        unit: "bytes",
        queries: [
          { expression: "sum by (queue) (sluice_storage_bytes{%})", legend: "{{queue}}" },
          { expression: "max(sluice_storage_max_bytes{%})", legend: "limit" },
          { expression: "min(sluice_storage_free_bytes{%})", legend: "free on the disk" },
        ],
      },
      {
        title: "Items in the dead letters",
        description: "They wait for an operator: sluice dead-letters list, show, replay, discard.",
        unit: "short",
        queries: [{ expression: "sum by (signal) (sluice_dead_letter_items{%})", legend: "{{signal}}" }],
      },
      {
        title: "Faults of the disk, in an hour",
        description: "Failed operations are tried again. Damaged records were given up.",
        unit: "short",
        queries: [
          {
            expression: "sum by (queue, operation) (increase(sluice_storage_failures_total{%}[1h]))",
            legend: "{{queue}}: {{operation}} failed",
          },
          {
            expression: "sum by (queue) (increase(sluice_storage_damaged_records_total{%}[1h]))",
            legend: "{{queue}}: damaged",
          },
        ],
      },
    ],
  },
  {
    title: "Scraping and tailing",
    panels: [
      {
        title: "Scrapes that failed or were left out, per second",
        description: "Left out: earlier samples were not durable yet.",
        unit: "ops",
        queries: [
          {
            expression: rate("prometheus_target_scrapes_failed_total", "component_id"),
            legend: "failed: {{component_id}}",
          },
          {
            expression: rate("prometheus_target_scrapes_skipped_total", "component_id"),
            legend: "left out: {{component_id}}",
          },
        ],
      },
      {
        title: "Age of the newest sample",
        description: "Grows when nothing comes from the targets.",
        unit: "s",
        queries: [
          {
            expression: "time() - max by (component_id) (prometheus_remote_storage_highest_timestamp_in_seconds{%})",
            legend: "{{component_id}}",
          },
        ],
      },
      {
        title: "Lines read, per second",
        description: "From files.",
        unit: "ops",
        queries: [
          { expression: rate("loki_source_file_read_lines_total", "component_id"), legend: "{{component_id}}" },
        ],
      },
      {
        title: "Lag of logs",
        description: "How long the oldest entry has waited for its destination, and how long a push takes.",
        unit: "s",
        queries: [
          {
            expression: 'max by (queue) (sluice_storage_oldest_seconds{%, queue=~"loki[.].*"})',
            legend: "waits in {{queue}}",
          },
          {
            expression:
              "histogram_quantile(0.95, sum by (le, component_id) (rate(loki_write_request_duration_seconds_bucket{%}[$__rate_interval])))",
            legend: "push, 95th percentile: {{component_id}}",
          },
        ],
      },
    ],
  },
  {
    title: "Process",
    panels: [
      {
        title: "Components by health",
        description: "/-/healthy names those that are not well.",
        unit: "short",
        queries: [
          {
            expression: "sum by (health_type) (alloy_component_controller_running_components{%})",
            legend: "{{health_type}}",
          },
        ],
      },
      {
        title: "Processor",
        description: "Cores in use.",
        unit: "percentunit",
        queries: [{ expression: "rate(process_cpu_seconds_total{%}[$__rate_interval])", legend: "{{instance}}" }],
      },
      {
        title: "Memory",
        description: "Resident, and bytes received and not yet durable.",
        unit: "bytes",
        queries: [
          { expression: "process_resident_memory_bytes{%}", legend: "{{instance}}" },
          { expression: "sluice_in_flight_bytes{%}", legend: "in flight {{instance}}" },
        ],
      },
      {
        title: "Version",
        description: "What is running.",
        unit: "short",
        queries: [
          { expression: "count by (version, node) (sluice_build_info{%})", legend: "{{version}} on Node {{node}}" },
        ],
      },
    ],
  },
];
