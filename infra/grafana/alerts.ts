/** One alert: when it fires, and what it says to the person whom it wakes. */
export interface Alert {
  readonly name: string;
  readonly expression: string;
  /** How long it must hold, such as `5m`. */
  readonly holds: string;
  /** page: something is lost or will be. ticket: somebody should look today. */
  readonly severity: "page" | "ticket";
  readonly summary: string;
  /** A heading of docs/troubleshooting.md, as its anchor. */
  readonly runbook: string;
}

/** Every alert rule for a Prometheus that scrapes daemons. */
export const alerts: readonly Alert[] = [
  {
    name: "SluiceDestinationDown",
    expression: "sluice_destination_up == 0",
    holds: "5m",
    severity: "ticket",
    summary: "{{ $labels.destination }} does not take what {{ $labels.instance }} sends; it waits in the queue.",
    runbook: "nothing-arrives-at-the-destination",
  },
  {
    name: "SluiceDestinationRefuses",
    expression: "rate(sluice_destination_refusals_total[5m]) > 0",
    holds: "5m",
    severity: "page",
    summary:
      "{{ $labels.destination }} refuses {{ $labels.instance }} with {{ $labels.status }}: credentials or address are wrong, and only a person can change them.",
    runbook: "401-403-or-404-from-the-destination",
  },
  {
    name: "SluiceQueueOld",
    expression: 'max by (job, instance, queue) (sluice_storage_oldest_seconds{queue!="dead-letters"}) > 900',
    holds: "5m",
    severity: "ticket",
    summary:
      "The oldest message of {{ $labels.queue }} on {{ $labels.instance }} has waited for {{ $value | humanizeDuration }}.",
    runbook: "the-queue-grows",
  },
  {
    name: "SluiceStorageAlmostFull",
    expression:
      "sum by (job, instance) (sluice_storage_bytes) / sum by (job, instance) (sluice_storage_max_bytes) > 0.8",
    holds: "5m",
    severity: "page",
    summary:
      "The disk queue of {{ $labels.instance }} is {{ $value | humanizePercentage }} full; when it is full, senders are asked to wait.",
    runbook: "the-queue-grows",
  },
  {
    name: "SluiceStorageFails",
    expression: "increase(sluice_storage_failures_total[10m]) > 0",
    holds: "0m",
    severity: "page",
    summary: "The disk of {{ $labels.instance }} fails: {{ $labels.operation }} of {{ $labels.queue }}.",
    runbook: "the-disk-fails",
  },
  {
    name: "SluiceExpired",
    expression: "increase(sluice_storage_expired_items_total[10m]) > 0",
    holds: "0m",
    severity: "page",
    summary: "{{ $value }} items in {{ $labels.queue }} of {{ $labels.instance }} were too old and are lost.",
    runbook: "the-queue-grows",
  },
  {
    name: "SluiceDeadLetters",
    expression: "increase(sluice_dead_lettered_items_total[10m]) > 0",
    holds: "0m",
    severity: "ticket",
    summary:
      "{{ $labels.destination }} refuses {{ $labels.signal }} of {{ $labels.instance }} for good ({{ $labels.reason }}); they wait in the dead letters.",
    runbook: "dead-letters",
  },
  {
    name: "SluiceUnavailable",
    expression: "sum by (job, instance, reason) (rate(sluice_unavailable_requests_total[5m])) > 0",
    holds: "10m",
    severity: "ticket",
    summary: "{{ $labels.instance }} has asked senders to come back for ten minutes: {{ $labels.reason }}.",
    runbook: "senders-get-503-or-unavailable",
  },
  {
    name: "SluiceScrapesFail",
    expression: "sum by (job, instance, component_id) (rate(prometheus_target_scrapes_failed_total[5m])) > 0",
    holds: "15m",
    severity: "ticket",
    summary: "Scrapes of {{ $labels.component_id }} on {{ $labels.instance }} fail.",
    runbook: "a-target-is-down",
  },
  {
    name: "SluiceComponentUnhealthy",
    expression: 'sum by (job, instance) (alloy_component_controller_running_components{health_type!="healthy"}) > 0',
    holds: "5m",
    severity: "ticket",
    summary: "{{ $value }} components of {{ $labels.instance }} are not well; /-/healthy names them.",
    runbook: "a-component-is-not-healthy",
  },
  {
    name: "SluiceConfigRefused",
    expression: "alloy_config_last_load_successful == 0",
    holds: "5m",
    severity: "ticket",
    summary: "{{ $labels.instance }} refused the configuration that it read last, and runs the one before.",
    runbook: "a-changed-configuration-does-nothing",
  },
];
