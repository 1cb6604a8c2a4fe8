import { table } from "../../../shared/alloy/arguments.ts";
import { formatLabels } from "../../../shared/loki/labels.ts";
import { logsReceiver } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";

/** `loki.echo`: writes every entry to the log of the process. */
export const echo = defineComponent({
  name: "loki.echo",
  stability: "generally-available",
  arguments: table({}),
  exports: { receiver: logsReceiver },
  build: (_args, { emit }) => ({
    exports: {
      receiver: {
        async consume(entries) {
          for (const { labels, timeUnixNano, line, metadata } of entries) {
            emit("entry.echoed", {
              labels: formatLabels(labels),
              timestamp: new Date(Number(timeUnixNano / 1_000_000n)).toISOString(),
              entry: line,
              structured_metadata: formatLabels(metadata),
            });
          }
        },
      },
    },
    update() {},
  }),
});
