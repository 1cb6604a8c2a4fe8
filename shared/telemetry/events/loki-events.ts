type Component = { component_id: string };

/** What happens to the components of logs. */
export interface LokiEventFields {
  "tail.opened": Component & { path: string; offset: number };
  "tail.rotated": Component & { path: string };
  "tail.truncated": Component & { path: string };
  "tail.vanished": Component & { path: string };
  "tail.failed": Component & { path: string; message: string };
  "tail.cut": Component & { path: string; lines: number };
  "tail.invalid": Component & { path: string };
  "tail.expanded": Component & { path: string };
  "log.opened": Component & { target: string };
  "log.ended": Component & { target: string };
  "log.failed": Component & { target: string; message: string };
  "log.cut": Component & { target: string };
  "syslog.refused": Component & { message: string };
  "positions.failed": Component & { message: string };
  "header.ignored": Component & { header: string };
  "entries.dropped": Component & { reason: string };
  "entry.echoed": Component & { labels: string; timestamp: string; entry: string; structured_metadata: string };
}
