import { table } from "../../../../shared/alloy/arguments.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import type { EntryReceiver } from "../../../../shared/loki/entry-receiver.ts";
import { createToOtlp } from "../../../../shared/loki/to-otlp.ts";
import { logsReceiver, type OtlpConsumer } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { untilAborted } from "../../until-aborted.ts";
import { createOutlet, output } from "../output.ts";

const args = table({ output });

const maxRequestChars = 1_048_576;

/** `otelcol.receiver.loki`: makes OTLP log records of entries. */
export const lokiReceiver = defineComponent({
  name: "otelcol.receiver.loki",
  stability: "generally-available",
  arguments: args,
  exports: { receiver: logsReceiver },
  build(given, context) {
    const { clock } = context;
    const toOtlp = createToOtlp();
    const stop = new AbortController();
    let consumer: OtlpConsumer = createOutlet(given.output, context);

    /** Sends again what cannot be taken now, in order, until it can. */
    async function send(entries: readonly Entry[]): Promise<void> {
      const bytes = toOtlp(entries, BigInt(clock.now()) * 1_000_000n);
      for (;;) {
        const acceptance = await consumer.accept({ format: "otlp/logs", items: entries.length, bytes }, stop.signal);
        if (acceptance.kind === "accepted") return;
        if (stop.signal.aborted) throw new Error(`stopped before it was durable: ${acceptance.reason}`);
        await clock.sleep(acceptance.retryAfterMs, stop.signal);
      }
    }

    const receiver: EntryReceiver = {
      async consume(entries) {
        for (const part of parts(entries)) await send(part);
      },
    };
    return {
      exports: { receiver },
      async run(abort) {
        await untilAborted(abort);
        stop.abort();
      },
      update(next) {
        consumer = createOutlet(next.output, context);
      },
    };
  },
});

/** Entries in requests of about a mebibyte. */
function parts(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const all: Entry[][] = [];
  let size = maxRequestChars;
  for (const entry of entries) {
    if (size >= maxRequestChars) {
      all.push([]);
      size = 0;
    }
    all.at(-1)?.push(entry);
    size += entry.line.length;
  }
  return all;
}
