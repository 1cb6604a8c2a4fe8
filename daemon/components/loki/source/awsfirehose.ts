import { attribute, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { secret } from "../../../../shared/alloy/text-types.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelValue } from "../../../../shared/loki/labels.ts";
import { isDurableInTime } from "../../../../shared/receivers/durable-in-time.ts";
import type { Delivery, Taken } from "../../../../shared/receivers/firehose/delivery.ts";
import { entriesOfDelivery } from "../../../../shared/receivers/firehose/to-entries.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { httpListenerFields } from "../../blocks/http-listener.ts";
import { createFirehoseListening, tellRefused } from "../../firehose-listening.ts";
import { createRelabelEntries } from "../relabel-entries.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(logsReceiver)),
  access_key: attribute(secret, { help: "What a stream must show; without it anybody may deliver." }),
  relabel_rules: attribute(relabelRules),
  use_incoming_timestamp: attribute(bool, { help: "Entries have the time of the request, in whole seconds." }),
});

type Arguments = DecodedBy<typeof args>;

const maxCached = 10_000;
const tenantLabel = "__tenant_id__";

/** `loki.source.awsfirehose`: takes what Amazon Data Firehose delivers. A request is answered when its entries are durable. */
export const awsFirehose = defineComponent({
  name: "loki.source.awsfirehose",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let send = sender(given);
    const listening = createFirehoseListening(
      given,
      { clock: context.clock, emit: counting(context) },
      {
        path: "/awsfirehose/api/v1/push",
        accessKey: () => current.access_key,
        take: (delivery) => take(delivery, { send, current, context }),
      },
    );

    return {
      exports: {},
      run: listening.run,
      async update(next) {
        current = next;
        send = sender(next);
        await listening.update(next);
      },
      debugInfo: () => ({ port: listening.port() }),
    };
  },
});

type Send = (entries: readonly Entry[]) => Promise<void>;
type Context = Pick<ComponentContext<unknown>, "id" | "clock" | "emit" | "metrics">;

/** Tells what happens, and counts what is refused by the names of Alloy's metrics. */
function counting({ id, emit, metrics }: Context): Context["emit"] {
  return (event, fields) => {
    emit(event, fields);
    if (event === "request.refused" && "reason" in fields) {
      const reason = String(fields.reason);
      metrics.add("loki_source_awsfirehose_request_errors", { component_id: id, reason });
    } else if (event === "firehose.attributes-left-out") {
      const reason = "invalid_json_format";
      metrics.add("loki_source_awsfirehose_invalid_static_labels_errors", { component_id: id, reason });
    }
  };
}

async function take(
  delivery: Delivery,
  { send, current, context }: { send: Send; current: Arguments; context: Context },
): Promise<Taken> {
  const { clock, metrics } = context;
  const labels = { component_id: context.id };
  const { entries, refused } = entriesOfDelivery(delivery, {
    nowMs: clock.now(),
    keepsTime: current.use_incoming_timestamp === true,
  });
  const leftOut = [...delivery.refused, ...refused];
  tellRefused(context, leftOut);
  const count = delivery.records.length + delivery.refused.length;
  const isCloudWatch = entries.some((entry) => labelValue(entry.labels, "__aws_cw_log_group") !== undefined);
  metrics.observe("loki_source_awsfirehose_batch_size", labels, count);
  const type = isCloudWatch ? "cloudwatch_logs" : "direct_put";
  metrics.add("loki_source_awsfirehose_records_received", { ...labels, type }, count);
  for (const { reason } of leftOut) metrics.add("loki_source_awsfirehose_record_errors", { ...labels, reason });
  const waitMs = current.http.server_write_timeout / 2;
  if (await isDurableInTime(send(entries), { clock, waitMs })) {
    metrics.add("loki_source_awsfirehose_entries_written", labels, entries.length);
    return { kind: "taken" };
  }
  return { kind: "unavailable", reason: "not durable in time" };
}

/** Puts the rules to work, and takes away labels that are for them alone. */
function sender({ forward_to: receivers, relabel_rules: rules = [] }: Arguments): Send {
  const receiver = fanOut(receivers);
  const relabelled = createRelabelEntries(rules, maxCached);
  return async (entries) => {
    const kept = relabelled.entries(entries).map(withoutMeta);
    if (kept.length > 0) await receiver.consume(kept);
  };
}

function withoutMeta(entry: Entry): Entry {
  const isMeta = (name: string) => name.startsWith("__") && name !== tenantLabel;
  return { ...entry, labels: entry.labels.filter(({ name }) => !isMeta(name)) };
}
