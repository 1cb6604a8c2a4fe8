import type { TailEvent } from "../../../../shared/node/tail/tail-event.ts";
import type { ComponentContext } from "../../../controller/component.ts";

/** What happens to files that are followed, as events and counters of the component. */
export function tellTail(event: TailEvent, { id, emit, metrics }: ComponentContext<unknown>): void {
  switch (event.kind) {
    case "read": {
      const labels = { component_id: id, path: event.path };
      metrics.set("loki_source_file_read_bytes_total", labels, event.offset);
      metrics.set("loki_source_file_file_bytes_total", labels, event.size);
      metrics.add("loki_source_file_read_lines_total", labels, event.lines);
      metrics.add("loki_source_file_entries_total", { component_id: id }, event.lines);
      break;
    }
    case "left": {
      const labels = { component_id: id, path: event.path };
      metrics.remove("loki_source_file_read_bytes_total", labels);
      metrics.remove("loki_source_file_file_bytes_total", labels);
      metrics.remove("loki_source_file_read_lines_total", labels);
      break;
    }
    case "lines-cut":
      metrics.add("loki_source_file_cut_lines_total", { component_id: id }, event.count);
      emit("tail.cut", { path: event.path, lines: event.count });
      break;
    case "opened":
      emit("tail.opened", { path: event.path, offset: event.offset });
      break;
    case "invalid-text":
      emit("tail.invalid", { path: event.path });
      break;
    case "failed":
      emit("tail.failed", { path: event.path, message: event.reason });
      break;
    case "positions-failed":
      emit("positions.failed", { message: event.reason });
      break;
    default:
      emit(`tail.${event.kind}`, { path: event.path });
  }
}
