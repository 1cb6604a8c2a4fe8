import type { EventRow } from "./event-row.ts";
import type { LokiEventFields } from "./loki-events.ts";

/** How the events of the components of logs read. Their counters are kept where lines are handled, a block at a time. */
export const lokiEventTable: { readonly [Name in keyof LokiEventFields]: EventRow<LokiEventFields[Name]> } = {
  "tail.opened": { level: "info", message: "Started to read a file", measures: [] },
  "tail.rotated": { level: "info", message: "Another file stands in the place of one that is read", measures: [] },
  "tail.truncated": { level: "info", message: "A file was truncated and is read from its beginning", measures: [] },
  "tail.vanished": { level: "info", message: "A file has vanished and is waited for", measures: [] },
  "tail.failed": { level: "error", message: "A file cannot be read, and is tried again", measures: [] },
  "tail.cut": { level: "warn", message: "Lines were longer than the limit and were cut", measures: [] },
  "tail.invalid": {
    level: "warn",
    message: "A file holds bytes that are not valid in its encoding; they become U+FFFD",
    measures: [],
  },
  "tail.expanded": {
    level: "warn",
    message: "A path is a glob and file_match is not enabled: it is expanded all the same",
    measures: [],
  },
  "log.opened": { level: "info", message: "Started to read the log of a container", measures: [] },
  "log.ended": { level: "info", message: "A container is gone: its log was read to the end", measures: [] },
  "log.failed": {
    level: "warn",
    message: "The log of a container cannot be read now, and is tried again",
    measures: [],
  },
  "log.cut": { level: "warn", message: "A line of a container was longer than the limit and was cut", measures: [] },
  "syslog.refused": { level: "warn", message: "Left out what came over syslog", measures: [] },
  "positions.failed": { level: "error", message: "The positions of files cannot be kept", measures: [] },
  "header.ignored": { level: "warn", message: "Left out a header that the protocol sets itself", measures: [] },
  "entries.dropped": { level: "warn", message: "Drops entries for the first time for this reason", measures: [] },
  "entry.echoed": { level: "info", message: "Entry", measures: [] },
};
